/** Whether digits are an article's number: GTIN-8, -12, -13 or -14 with a right check digit (GS1 General Specifications 7.9). */
export function isGtin(digits: string): boolean {
  if (![8, 12, 13, 14].includes(digits.length)) return false
  let sum = 0
  for (let at = 0; at < digits.length; at++) sum += Number(digits[digits.length - 1 - at]) * (at % 2 === 1 ? 3 : 1)
  return sum % 10 === 0
}

/** Whether ten characters are a book's old number (ISO 2108:1992): the last may be an X. */
export function isIsbn10(text: string): boolean {
  if (!/^\d{9}[\dX]$/.test(text)) return false
  const sum = [...text].reduce((total, char, at) => total + (char === 'X' ? 10 : Number(char)) * (10 - at), 0)
  return sum % 11 === 0
}
