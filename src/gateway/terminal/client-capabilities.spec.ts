import { missingFor, packCapabilities, unpackCapabilities } from './client-capabilities';

describe('missingFor', () => {
  it.each([
    [{ sampling: {} }, 'sampling/createMessage', {}, undefined],
    [{}, 'sampling/createMessage', {}, { sampling: {} }],
    [{ roots: {} }, 'roots/list', {}, undefined],
    [{}, 'roots/list', {}, { roots: {} }],
    [{ elicitation: {} }, 'elicitation/create', {}, undefined],
    [{ elicitation: {} }, 'elicitation/create', { mode: 'url' }, { elicitation: { url: {} } }],
    [{ elicitation: { url: {} } }, 'elicitation/create', { mode: 'url' }, undefined],
    [{ elicitation: { url: {} } }, 'elicitation/create', {}, { elicitation: { form: {} } }],
    [{ elicitation: { form: {}, url: {} } }, 'elicitation/create', { mode: 'form' }, undefined],
    [{}, 'elicitation/create', {}, { elicitation: { form: {} } }],
    [{}, 'ping', {}, undefined],
    [{}, 'no/such', {}, { experimental: { 'no/such': {} } }],
  ])('with %j, %s %j misses %j', (capabilities, method, params, missing) => {
    expect(missingFor(capabilities, method, params)).toEqual(missing);
  });
});

describe('packed capabilities', () => {
  it.each([
    {},
    { sampling: {} },
    { sampling: { tools: {}, context: {} } },
    { elicitation: {} },
    { elicitation: { url: {} }, roots: {} },
    { elicitation: { form: {}, url: {} }, sampling: { tools: {} } },
  ])('come back as they were: %j', (capabilities) => {
    expect(unpackCapabilities(packCapabilities(capabilities))).toEqual(capabilities);
  });

  it('hold nothing that we would not act on', () => {
    expect(
      unpackCapabilities(packCapabilities({ experimental: { a: {} }, roots: { listChanged: true } })),
    ).toEqual({
      roots: {},
    });
  });
});
