/** A smooth function and its gradient, which is written into the second argument. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number

export interface MinimizeOptions {
  iterations: number
  /** Ends when no part of the gradient is larger. */
  tolerance: number
}

/** Pairs of steps and gradient changes that the curvature is estimated from. */
const MEMORY = 8
const SUFFICIENT_DECREASE = 1e-4
const HALVINGS = 30

/**
 * Limited-memory BFGS with a backtracking line search (Nocedal and Wright, "Numerical Optimization", algorithm 7.5).
 * For convex functions of a few dozen variables; deterministic. Yields after every evaluation.
 * @returns where the function is smallest
 */
export function* minimize(
  objective: Objective,
  start: Float64Array,
  options: MinimizeOptions,
): Generator<void, Float64Array> {
  const size = start.length
  let point = start.slice()
  let gradient = new Float64Array(size)
  let value = objective(point, gradient)
  const steps: Float64Array[] = []
  const changes: Float64Array[] = []
  for (let round = 0; round < options.iterations; round++) {
    yield
    if (gradient.every((part) => Math.abs(part) <= options.tolerance)) break
    const direction = descent(gradient, steps, changes)
    let slope = dot(direction, gradient)
    if (slope >= 0) {
      // The curvature was misjudged: downhill is always right.
      steps.length = 0
      changes.length = 0
      for (let at = 0; at < size; at++) direction[at] = -gradient[at]!
      slope = -dot(gradient, gradient)
    }
    let length = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1
    const next = new Float64Array(size)
    const nextGradient = new Float64Array(size)
    let nextValue = Number.POSITIVE_INFINITY
    for (let halving = 0; halving < HALVINGS; halving++) {
      for (let at = 0; at < size; at++) next[at] = point[at]! + length * direction[at]!
      nextValue = objective(next, nextGradient)
      if (nextValue <= value + SUFFICIENT_DECREASE * length * slope) break
      length /= 2
      yield
    }
    if (!(nextValue < value)) break
    const step = next.map((own, at) => own - point[at]!)
    const change = nextGradient.map((own, at) => own - gradient[at]!)
    if (dot(step, change) > 1e-12) {
      steps.push(step)
      changes.push(change)
      if (steps.length > MEMORY) {
        steps.shift()
        changes.shift()
      }
    }
    point = next
    gradient = nextGradient
    value = nextValue
  }
  return point
}

/** The two-loop recursion: minus the estimated inverse Hessian times the gradient. */
function descent(
  gradient: Float64Array,
  steps: readonly Float64Array[],
  changes: readonly Float64Array[],
): Float64Array {
  const direction = gradient.map((part) => -part)
  const shares = new Float64Array(steps.length)
  for (let at = steps.length - 1; at >= 0; at--) {
    shares[at] = dot(steps[at]!, direction) / dot(steps[at]!, changes[at]!)
    addScaled(direction, changes[at]!, -shares[at]!)
  }
  const last = steps.length - 1
  if (last >= 0) {
    const scale = dot(steps[last]!, changes[last]!) / dot(changes[last]!, changes[last]!)
    for (let at = 0; at < direction.length; at++) direction[at]! *= scale
  }
  for (let at = 0; at < steps.length; at++) {
    const back = dot(changes[at]!, direction) / dot(steps[at]!, changes[at]!)
    addScaled(direction, steps[at]!, shares[at]! - back)
  }
  return direction
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}

function addScaled(target: Float64Array, added: Float64Array, scale: number): void {
  for (let at = 0; at < target.length; at++) target[at]! += scale * added[at]!
}
