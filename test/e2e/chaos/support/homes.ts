import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Installation } from '../../installation';

/** The process engine gives each of its containers a folder: what is there is what exists. */
export async function homesOf({ folder }: Installation): Promise<readonly string[]> {
  const names = await readdir(join(folder, 'processes', 'homes'));
  return names.filter((name) => !name.startsWith('probe-')).sort();
}
