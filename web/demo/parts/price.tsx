import { useShop } from '../app/context.ts'

export function Price({ amount, listAmount }: { amount: number; listAmount: number | null }) {
  const { price, say } = useShop()
  const reduced = listAmount !== null && listAmount > amount
  return (
    <p class="price">
      <span class={reduced ? 'reduced' : ''}>{price(amount)}</span>
      {reduced ? <s title={say('was', { price: price(listAmount) })}>{price(listAmount)}</s> : null}
    </p>
  )
}
