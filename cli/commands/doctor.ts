import type { Command } from 'commander'
import { findService, type Service, type ServiceFlags, serviceOptions, shopOfKey } from '../connect.ts'
import { type Check, checkAdminKey, checkService, checkShop } from '../doctor_checks.ts'
import { EXIT, usage } from '../failure.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { plain } from '../text.ts'

/** Any valid name will do: nothing is written. */
const PROBE_SHOP = 'doctor'

/** `shelfwise doctor`: is everything as it should be, and what to do where it is not. */
export function register(program: Command, terminal: Terminal): void {
  serviceOptions(program.command('doctor').description('check the service, the keys and every shop')).action(
    async (flags: ServiceFlags) => {
      const checks: Check[] = []
      const tell = (check: Check) => {
        checks.push(check)
        if (!flags.json) terminal.out(checkText(check))
      }
      const service = await findService(flags, terminal)
      for (const check of await checkService(service, terminal.directory)) tell(check)
      // Without the service every other check would say the same once more.
      if (checks[0]?.level !== 'fail') {
        const shops = shopsKnown(flags, service)
        tell(await checkAdminKey(service, shops[0]?.shop ?? PROBE_SHOP))
        for (const { shop, sk, pk } of shops)
          for (const check of await checkShop(shop, { sk, pk }, service)) tell(check)
        if (shops.length === 0)
          tell({
            level: 'warn',
            what: 'shops',
            said: 'none known here',
            advice: 'shelfwise import <source> --shop <name>',
          })
      }
      if (flags.json) printJson(terminal, { ok: checks.every((check) => check.level !== 'fail'), checks })
      if (checks.some((check) => check.level === 'fail')) terminal.exitWith(EXIT.refused)
    },
  )
}

function shopsKnown(
  flags: ServiceFlags,
  service: Service,
): Array<{ shop: string; sk: string | null; pk: string | null }> {
  const given = service.givenKey
  if (given) {
    const shop = shopOfKey(given.key)
    if (shop === null) throw usage(`${given.from} is not a key of a shop: it looks like sk_<shop>_<secret>`)
    const secret = given.key.startsWith('sk_')
    return [{ shop, sk: secret ? given.key : null, pk: secret ? null : given.key }]
  }
  return Object.entries(service.kept?.shops ?? {})
    .filter(([shop]) => flags.shop === undefined || flags.shop === shop)
    .map(([shop, keys]) => ({ shop, sk: keys.sk ?? null, pk: keys.pk ?? null }))
}

/** One line, and below it what to do. */
const checkText = ({ level, what, said, advice }: Check): string =>
  `${level.padEnd(4)}  ${plain(`${what}: ${said}`)}${advice === undefined ? '' : `\n      -> ${plain(advice)}`}`
