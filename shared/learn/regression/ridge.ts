/**
 * Solves (A + lambda I) x = b for a symmetric positive semi-definite A by its Cholesky factor (Golub and Van Loan 2013,
 * "Matrix Computations", section 4.2): size^3 / 6 multiplications, without pivoting, since lambda keeps pivots positive.
 * @param gram A by rows of `size` numbers; only its lower triangle is read, and the factor takes its place
 * @param lambda above zero
 * @param x holds b, and is left with the solution
 */
export function solveRidge(gram: Float64Array, size: number, lambda: number, x: Float64Array): void {
  factorise(gram, size, lambda)
  for (let row = 0; row < size; row++) {
    const base = row * size
    let sum = x[row]!
    for (let k = 0; k < row; k++) sum -= gram[base + k]! * x[k]!
    x[row] = sum / gram[base + row]!
  }
  for (let row = size - 1; row >= 0; row--) {
    const base = row * size
    const value = x[row]! / gram[base + row]!
    x[row] = value
    for (let k = 0; k < row; k++) x[k]! -= gram[base + k]! * value
  }
}

/** Row by row: every sum is a dot product of two rows. */
function factorise(a: Float64Array, size: number, lambda: number): void {
  for (let row = 0; row < size; row++) {
    const base = row * size
    for (let column = 0; column < row; column++) {
      const other = column * size
      let sum = a[base + column]!
      for (let k = 0; k < column; k++) sum -= a[base + k]! * a[other + k]!
      a[base + column] = sum / a[other + column]!
    }
    let square = a[base + row]! + lambda
    for (let k = 0; k < row; k++) square -= a[base + k]! ** 2
    a[base + row] = Math.sqrt(square)
  }
}
