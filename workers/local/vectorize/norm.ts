/** 1 / L2 norm of a row; 0 for the zero vector, whose cosine is taken as 0. */
export function inverseNorm(data: Float32Array, start: number, width: number): number {
  let sum = 0
  for (let i = start; i < start + width; i++) sum += data[i]! * data[i]!
  return sum === 0 ? 0 : 1 / Math.sqrt(sum)
}
