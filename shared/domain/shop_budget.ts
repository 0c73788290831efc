import * as z from 'zod'

/** What a shop may spend on models a day, in units of the currency that prices are configured in. */
export const budgetBodySchema = z.strictObject({ daily: z.number().min(0).max(1_000_000) })
