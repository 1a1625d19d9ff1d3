// Everything a private engine leaves on a machine is found again through its folder: processes name it in their
// arguments or have it in their mounts, and its control groups carry its name.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { kill, namespaceOf, processTable, run, startTicks, until } from './processes.mjs';

const PREFIX = 'quayside-test-engine-';
const OWNER_FILE = 'owner.json';
const CGROUP_ROOT = '/sys/fs/cgroup';
const ENDED_WITHIN_MS = 10_000;

export function createFolder() {
  // The pid is in the name: another run may look before the owner is written.
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  mkdirSync(join(folder, 'run'));
  writeOwner(folder, {});
  return folder;
}

/** Who keeps the engine, and the holder of its namespace: both with the time they began. */
export function writeOwner(folder, { holder }) {
  const owner = { keeperTicks: startTicks(process.pid), holder, holderTicks: holder && startTicks(holder) };
  writeFileSync(join(folder, OWNER_FILE), JSON.stringify(owner));
}

/** Slashes would be taken for levels of their own. */
export const cgroupName = (folder) => basename(folder);

/** Removes what earlier runs left that were killed before they could. Those of living runs are not touched. */
export async function removeStale(log = () => {}) {
  for (const entry of readdirSync(tmpdir())) {
    if (!entry.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), entry);
    if (isKept(entry, readOwner(folder))) continue;
    log(`removing what a killed run left: ${entry}`);
    await destroy(folder);
  }
}

function isKept(entry, { keeperTicks }) {
  const ticks = startTicks(Number(entry.slice(PREFIX.length).split('-')[0]));
  return ticks !== undefined && (keeperTicks === undefined || keeperTicks === ticks);
}

/** Ends every process of the engine and takes away its mounts, control groups and files. Safe to repeat. */
export async function destroy(folder) {
  // Killing a supervisor may start something; so it is looked again until nothing is left.
  await until(async () => {
    const pids = processesOf(folder);
    pids.forEach((pid) => kill(pid));
    return pids.length === 0 ? true : undefined;
  }, ENDED_WITHIN_MS);
  unmountBelow(folder);
  removeCgroups(cgroupName(folder));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

function readOwner(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, OWNER_FILE), 'utf8'));
  } catch {
    return {};
  }
}

function processesOf(folder) {
  const { holder, holderTicks } = readOwner(folder);
  // The number of a namespace is used again: it means ours only while its holder lives.
  const isHeld = holder !== undefined && holderTicks !== undefined && startTicks(holder) === holderTicks;
  const network = isHeld ? namespaceOf(holder, 'net') : undefined;
  const ownNetwork = namespaceOf(process.pid, 'net');
  const table = processTable();
  const mine = new Set(isHeld ? [holder] : []);
  for (const { pid, command } of table) {
    const isInNetwork =
      network !== undefined && network !== ownNetwork && namespaceOf(pid, 'net') === network;
    if (command.includes(folder) || isInNetwork || livesIn(pid, folder)) mine.add(pid);
  }
  // Their children too, generation by generation; the table is finite, so this ends.
  for (let before = -1; before !== mine.size;) {
    before = mine.size;
    for (const { pid, parent } of table) if (mine.has(parent)) mine.add(pid);
  }
  for (const pid of ancestorsAndSelf(table)) mine.delete(pid);
  return [...mine].filter((pid) => startTicks(pid) !== undefined);
}

/** A process in a container has the folder among its mounts; one that merely sees the same mounts as we do has not. */
function livesIn(pid, folder) {
  const namespace = namespaceOf(pid, 'mnt');
  if (namespace === undefined || namespace === namespaceOf(process.pid, 'mnt')) return false;
  try {
    return readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(`${folder}/`);
  } catch {
    return false;
  }
}

/** Whoever called us may name the folder too, and must not be ended by its own clean-up. */
function ancestorsAndSelf(table) {
  const parents = new Map(table.map(({ pid, parent }) => [pid, parent]));
  const line = [];
  for (let pid = process.pid; pid !== undefined && pid > 1; pid = parents.get(pid)) line.push(pid);
  return line;
}

/** Mounts live in a namespace of the engine's own; these are for the case that something made them outside. */
function unmountBelow(folder) {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4])
    .filter((point) => point?.startsWith(`${folder}/`));
  for (const point of points.reverse()) run('umount', ['--lazy', point]);
}

function removeCgroups(name) {
  const roots = [
    join(CGROUP_ROOT, name),
    ...safeList(CGROUP_ROOT).map((entry) => join(CGROUP_ROOT, entry, name)),
  ];
  for (const root of roots) removeCgroup(root);
}

/** A control group is removed from its leaves up, with rmdir; its files cannot be unlinked. */
function removeCgroup(path) {
  for (const child of safeList(path)) removeCgroup(join(path, child));
  try {
    rmdirSync(path);
  } catch {
    // Not there, or still held by a process that is just ending: empty groups do no harm.
  }
}

function safeList(path) {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
