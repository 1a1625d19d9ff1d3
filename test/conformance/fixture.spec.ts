import { describeServerSuite } from './describe-suite';
import { FixtureServer } from './program';
import { describeWithTool } from './tool';

/** Without a gateway: what fails here is the fixture's fault, and says nothing about us. */
describeWithTool('the fixture by itself', (tool) => {
  let fixture: FixtureServer;

  beforeAll(async () => {
    fixture = await FixtureServer.start('both');
  });
  afterAll(() => fixture.stop());

  const target = { url: () => fixture.url, takeCalls: () => fixture.takeCalls() };
  describeServerSuite(tool, 'directly', '2025-11-25', target);
  describeServerSuite(tool, 'directly', '2026-07-28', target);
});
