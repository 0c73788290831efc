import type { ProfileStore } from '../../store/live/profiles.ts'

/**
 * Forgets these shoppers' profiles. To be called after their events are gone from the partitions: what a run had read
 * before is then refused, and a later run finds nothing to make a profile of.
 * @returns the profiles removed
 */
export const removeProfiles = (
  shop: string,
  shoppers: readonly string[] | 'all',
  profiles: Pick<ProfileStore, 'remove'>,
): Promise<number> => profiles.remove(shop, shoppers)
