import { tokensOf } from './token-estimate';

const tool = (description: string) => ({ name: 'echo', description, inputSchema: { type: 'object' } });

describe('the estimate of tokens', () => {
  it('grows with what a model is shown, and not with the rest', () => {
    const small = tokensOf(tool('Echoes.'));
    expect(tokensOf(tool('Echoes. '.repeat(100)))).toBeGreaterThan(small + 150);
    expect(tokensOf({ ...tool('Echoes.'), outputSchema: { description: 'x'.repeat(4_000) } })).toBe(small);
  });

  it('is near to what tokenizers count', () => {
    const properties = { message: { type: 'string', description: 'Message to echo' } };
    const inputSchema = { type: 'object', properties, required: ['message'] };
    const tokens = tokensOf({ name: 'echo', description: 'Echoes back the input string', inputSchema });
    expect(tokens).toBeGreaterThan(40);
    expect(tokens).toBeLessThan(90);
  });
});
