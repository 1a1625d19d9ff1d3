import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = join(__dirname, '..', '..', '..', 'dist', 'console', 'index.html');

// What its files may weigh and hold is asked of the build itself: test/e2e/console/bundle.e2e-spec.ts.
describe('the page of the console as it was built', () => {
  const page = readFileSync(PAGE, 'utf8');

  it('takes nothing from elsewhere', () => {
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  it('holds no script and no style of its own, which the policy would refuse', () => {
    expect(page).not.toMatch(/<style|<script>|\son\w+=|\sstyle=/);
  });
});
