#!/usr/bin/env node
// Plain JavaScript: it has to load on whatever Node is at hand, to find the one that package.json pins.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE_MAJOR = 24
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')

// A fresh clone has nothing installed yet: do what `npm start` would do first.
if (!existsSync(modules)) await import('../scripts/bootstrap.mjs')

if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE_MAJOR) {
  await import('./main.ts')
} else {
  // On Windows .bin holds a shell script that cannot be spawned directly.
  const node = process.platform === 'win32' ? join(modules, 'node', 'bin', 'node.exe') : join(modules, '.bin', 'node')
  if (existsSync(node)) hand(node)
  else {
    console.error(`shelfwise: Node ${OLDEST_NODE_MAJOR} or newer is needed; run "npm install" here, which brings it.`)
    process.exitCode = 3
  }
}

/** Runs the same command on another Node as if it had been called itself. */
function hand(node) {
  const child = spawn(node, [join(root, 'cli', 'main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const forward = (signal) => child.kill(signal)
  for (const signal of signals) process.on(signal, forward)
  child.on('error', (error) => {
    console.error(`shelfwise: ${node} does not start: ${error.message}`)
    process.exitCode = 3
  })
  child.on('exit', (code, signal) => {
    for (const name of signals) process.off(name, forward)
    process.exitCode = signal === null ? (code ?? 0) : 128 + (constants.signals[signal] ?? 0)
  })
}
