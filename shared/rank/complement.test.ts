import { expect, test } from 'vitest'
import { isSubstitute } from './complement.ts'

const item = (title: string, ...categories: string[]) => ({ title, categories })

test('the same thing in another size stands in for it, unless both are ordered together all the time', () => {
  const [small, large] = [item('Darjeeling First Flush 100 g'), item('Darjeeling first flush, 250 g')]
  expect(isSubstitute(small, large, 180)).toBe(true)
  expect(isSubstitute(small, large, 900)).toBe(false)
  expect(isSubstitute(small, item('Darjeeling Teapot 100 ml'), 180)).toBe(false)
  expect(isSubstitute(item('百年老茶 100'), item('百年老茶 250'), 180)).toBe(true)
})

test('items of one particular category go together only where orders say so', () => {
  const [one, other] = [item('Kettle', 'Kitchen > Kettles'), item('Steamer', 'Home > Kettles')]
  expect(isSubstitute(one, other, 90)).toBe(true)
  expect(isSubstitute(one, other, 130)).toBe(false)
  expect(isSubstitute(one, item('Steamer', 'Kitchen > Steamers'), 90)).toBe(false)
})

test('titles without words are not alike', () => {
  expect(isSubstitute(item('100'), item('100'), 150)).toBe(false)
  expect(isSubstitute(item(''), item(''), 150)).toBe(false)
})
