import type { FieldError } from '../../base/problem.ts'
import type { ItemDeletion, ItemLine } from '../../domain/item.ts'

/** A variant's name in a platform's stock keeping, where levels are told by that name alone. */
export interface InventoryLink {
  inventoryItem: string
  variant: string
}

/** What a delivery asks for, in the product's own terms. A delivery may ask for several things, or for none. */
export type Effect =
  /** The whole state of an item; its clock and version stand in the line. */
  | { kind: 'item'; line: ItemLine; inventory: readonly InventoryLink[] }
  | { kind: 'delete'; deletion: ItemDeletion }
  /** Units of one variant at one location; null: no longer stocked there. */
  | { kind: 'level'; inventoryItem: string; location: string; available: number | null; atMs: number }
  /** Events as `POST /v1/events` takes them, every one with an id of its own that is the same over retries. */
  | { kind: 'events'; events: readonly unknown[] }
  /** Who placed an order, so that a later refund finds the shopper. */
  | { kind: 'order'; order: string; shopper: { user_id: string } | { anonymous_id: string } }
  /** Returned lines of an order whose shopper is known from the order itself. */
  | {
      kind: 'refund'
      refund: string
      order: string
      atMs: number
      currency: string | null
      lines: ReadonlyArray<{ item: string; variant: string | null; quantity: number; price: number | null }>
    }
  /** The body is thin: the resource has to be read from the platform. A product that is gone there is deleted, as of `atMs`. */
  | { kind: 'fetch'; resource: 'product'; id: string; atMs: number }
  /** Privacy law: everything known of these shoppers goes; `all` of the shop's. */
  | { kind: 'erase'; shoppers: readonly string[] | 'all' }
  /** A person has to act; it waits among the dead letters and is no failure. */
  | { kind: 'notice'; detail: string }

/** What an adapter makes of a verified delivery. `id` is the same over retries of one delivery and no other's. */
export type Reading =
  | {
      ok: true
      id: string
      topic: string
      effects: readonly Effect[]
      warnings: readonly string[]
      /** Parts that cannot be taken, beside the effects that can: those are applied, and the delivery is kept for these. */
      problems?: readonly FieldError[]
    }
  /** Nothing to do, on purpose: a ping, a topic that says nothing about items or shoppers. */
  | { ok: true; id: string; topic: string; effects: readonly []; ignored: string; warnings: readonly string[] }
  /** The content cannot be taken; the delivery goes to the dead letters and is acknowledged. */
  | { ok: false; id: string; topic: string; errors: readonly FieldError[] }

/** A delivery whose signature was found valid. */
export interface VerifiedDelivery {
  headers: Headers
  /** Exactly the bytes that were signed. */
  bytes: Uint8Array
  receivedAtMs: number
}
