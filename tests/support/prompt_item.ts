import type { PromptItem } from '../../shared/prompt/verbaliser.ts'

/** An item of which a model is told nothing but its title. */
export const promptItem = (title: string, own: Partial<PromptItem> = {}): PromptItem => ({
  ...{ title, brand: null, categories: [], attributes: {}, price: null },
  ...own,
})
