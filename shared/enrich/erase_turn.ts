/** What a request may still read in its turn, objects and dead letters alike; over, where there were more. */
export interface Turn {
  objects: number
  isOver: boolean
}
