import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { GiftLine } from '../functions/matching/rounds/quadratic-round.ts';

const FOLDER = fileURLToPath(new URL('quadratic-peer', import.meta.url));
const LARGEST_ANSWER_BYTES = 16 * 2 ** 20;
const SHARE = /recipient: "([^"]+)", matcha: ([0-9.e+-]+)/;

/** What the peer made of the gifts: seconds of every round inside its own process, and each project's share as a float. */
export type PeerRun = { readonly seconds: readonly number[]; readonly shares: ReadonlyMap<string, number> };

/**
 * Runs pluralistic-rs 0.2.0 (crates.io, Rust, MIT) over the gifts: scaled up, without a cap, because its cap hands the
 * overflow on in equal parts and no rule of ours does. Builds it the first time, which takes minutes.
 * @returns why it cannot be had, where it cannot.
 */
export async function runPeer(
  gifts: readonly GiftLine[],
  poolMinor: number,
  rounds: number,
): Promise<PeerRun | { readonly absent: string }> {
  const target = process.env['CARGO_TARGET_DIR'] ?? join(tmpdir(), 'yiqi-quadratic-peer');
  try {
    await promisify(execFile)('cargo', ['build', '--release', '--locked', '--quiet'], {
      cwd: FOLDER,
      env: { ...process.env, CARGO_TARGET_DIR: target },
    });
  } catch (error) {
    return { absent: error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error) };
  }
  const running = promisify(execFile)(join(target, 'release', 'quadratic-peer'), [String(poolMinor), String(rounds)], {
    maxBuffer: LARGEST_ANSWER_BYTES,
  });
  running.child.stdin?.end(
    gifts.map(({ unitId, donorId, amountMinor }) => `${unitId} ${donorId} ${amountMinor}`).join('\n'),
  );
  const lines = (await running).stdout.split('\n');
  return {
    seconds: lines.filter((line) => line.startsWith('seconds ')).map((line) => Number(line.slice(8))),
    shares: new Map(
      lines.flatMap((line) => {
        const [, unitId, share] = SHARE.exec(line) ?? [];
        return unitId === undefined ? [] : [[unitId, Number(share)] as const];
      }),
    ),
  };
}
