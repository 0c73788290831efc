import { convergenceTests } from './convergence_tests.ts'

// Half of the hundred thousand deliveries: the other half runs beside it, on the other core.
convergenceTests([101, 102])
