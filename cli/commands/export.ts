import { resolve } from 'node:path'
import type { Command } from 'commander'
import { ATTEMPTS_BULK } from '../client.ts'
import { connect, type ServiceFlags, serviceOptions } from '../connect.ts'
import { exportShop } from '../export/export_shop.ts'
import { reportTo } from '../import/report.ts'
import { createProgress, silentProgress } from '../progress.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { plain, plural } from '../text.ts'

interface ExportFlags extends ServiceFlags {
  gzip?: boolean
  deleted?: boolean
}

/** `shelfwise export`: everything of a shop as a folder that `shelfwise import` takes. */
export function register(program: Command, terminal: Terminal): void {
  serviceOptions(
    program
      .command('export')
      .description("write a shop's settings, items and events to a folder that import takes")
      .argument('<folder>', 'made when it is missing; gets shop.json, items.jsonl and events.jsonl'),
  )
    .option('--gzip', 'write .jsonl.gz')
    .option('--deleted', 'with the tombstones of deleted items')
    .action(async (folder: string, flags: ExportFlags) => exportCommand(folder, flags, terminal))
}

async function exportCommand(folder: string, flags: ExportFlags, terminal: Terminal): Promise<void> {
  const { client, shop } = await connect(flags, terminal, ['sk'], ATTEMPTS_BULK)
  const progress = flags.json ? silentProgress : createProgress(terminal)
  try {
    const result = await exportShop({
      client,
      shop,
      folder: resolve(terminal.directory, folder),
      gzip: flags.gzip,
      deleted: flags.deleted,
      report: reportTo(terminal, progress),
      signal: terminal.signal,
    })
    progress.clear()
    if (flags.json) printJson(terminal, result)
    else
      terminal.out(
        `exported shop "${shop}" to ${plain(folder)}: ${plural(result.items, 'item')}, ${plural(result.events, 'event')}`,
      )
  } finally {
    progress.clear()
  }
}
