/** The process that is killed; its one argument is a JSON text of `DiskRun`. */
import { type DiskRun, onDisk } from './disk.ts'
import { asShipped, createWorld } from './world.ts'

const { directory, request, dieAfter } = JSON.parse(process.argv[2]!) as DiskRun
const open = onDisk(directory)
let [commits, isReady] = [0, false]
const world = await createWorld(asShipped, async (name) => {
  const db = await open(name)
  db.onCommit(() => {
    if (!isReady) return
    commits += 1
    // Nothing is flushed, finished or said any more.
    if (commits === dieAfter) process.kill(process.pid, 'SIGKILL')
  })
  return db
})
isReady = true
await world.answer(request)
