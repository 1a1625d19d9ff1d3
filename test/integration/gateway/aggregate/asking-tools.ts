import {
  fromJsonSchema,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server';

type Request = ServerContext['mcpReq'];
type Answered = ReturnType<typeof inputRequired> | { content: { type: 'text'; text: string }[] };

const ASKED = fromJsonSchema<{ name: string }>({
  type: 'object',
  properties: { name: { type: 'string', title: 'Name', minLength: 2 } },
  required: ['name'],
});

const text = (words: string): Answered => ({ content: [{ type: 'text', text: words }] });
const form = (message: string) => inputRequired.elicit({ message, requestedSchema: ASKED });
const heard = (request: Request, key: string): string =>
  JSON.stringify(inputResponse(request.inputResponses, key));
const isAnswered = (request: Request, key: string): boolean =>
  inputResponse(request.inputResponses, key).kind !== 'missing';

/** Tools that want to know something first, each in its own way; written once for both eras. */
export const ASKING_TOOLS: Readonly<Record<string, (request: Request) => Answered>> = {
  'ask-twice': (request) => {
    const state = request.requestState<string>();
    if (isAnswered(request, 'second')) return text(`${String(state)} then ${heard(request, 'second')}`);
    if (isAnswered(request, 'first'))
      return inputRequired({
        inputRequests: { second: form('And then?') },
        requestState: heard(request, 'first'),
      });
    return inputRequired({ inputRequests: { first: form('Who?') }, requestState: 'begun' });
  },
  'ask-for-ever': () => inputRequired({ inputRequests: { more: form('More?') }, requestState: 'on and on' }),
  'ask-address': (request) =>
    isAnswered(request, 'page')
      ? text(`went: ${heard(request, 'page')}`)
      : inputRequired({
          inputRequests: {
            page: inputRequired.elicitUrl({
              message: 'Sign in there.',
              url: 'https://example.com/sign-in?x=1',
            }),
          },
          requestState: 'page',
        }),
  'ask-model': (request) =>
    isAnswered(request, 'model')
      ? text('sampled')
      : inputRequired({
          inputRequests: {
            model: inputRequired.createMessage({
              messages: [{ role: 'user', content: { type: 'text', text: 'hi' } }],
              maxTokens: 5,
            }),
          },
          requestState: 'model',
        }),
};
