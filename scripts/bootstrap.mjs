// Installs what package.json asks for, once per change of it, on whatever Node (20 or newer) is at hand.
// Plain JavaScript with node: imports only: on the first run nothing else exists yet.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.shelfwise-install')
const nodeBinary = join(modules, '.bin', 'node')
const OLDEST_NODE_MAJOR = 24

function wantedStamp() {
  const hash = createHash('sha256')
  for (const name of ['package.json', 'package-lock.json']) {
    const file = join(root, name)
    hash.update(existsSync(file) ? readFileSync(file) : '').update('\0')
  }
  return `${hash.digest('hex')} ${process.platform}-${process.arch}`
}

function installedNodeMajor() {
  if (!existsSync(nodeBinary)) return 0
  const asked = spawnSync(nodeBinary, ['--version'], { encoding: 'utf8' })
  return asked.status === 0 ? Number(asked.stdout.slice(1).split('.')[0]) : 0
}

function fail(message) {
  console.error(`shelfwise: ${message}`)
  process.exit(1)
}

const stamp = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
if (stamp !== wantedStamp() || installedNodeMajor() < OLDEST_NODE_MAJOR) {
  console.error('shelfwise: installing packages (once per change of package.json; a minute or two) ...')
  const startedAt = Date.now()
  // `npm ci` refuses lock files written on another platform; a clean `npm install` honours the same pins.
  rmSync(modules, { recursive: true, force: true })
  const install = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (install.status !== 0) fail('npm install failed; the lines above say why.')
  if (installedNodeMajor() < OLDEST_NODE_MAJOR) {
    fail(`node_modules/.bin/node is older than ${OLDEST_NODE_MAJOR}; delete node_modules and run again.`)
  }
  // Computed after the install: npm may have completed the lock file.
  writeFileSync(stampFile, wantedStamp())
  console.error(`shelfwise: packages installed in ${Math.round((Date.now() - startedAt) / 1000)} s.`)
}
