import { type Page, type Request } from 'playwright-core';

/** Requests that a page gives up by itself: it was left, or asked for something newer. */
const GIVEN_UP = /net::ERR_ABORTED/;
/**
 * The browser drops what is under way whenever the machine gets or loses a network, as the engines of other tests make them.
 * The page is to ask again: what it did not get then counts as a failure like any other.
 */
const NETWORK_CHANGED = /net::ERR_NETWORK_CHANGED/;

/** Hears everything a page must not do: complain, fail, break the policy, or talk to anybody but its server. */
export class PageWatch {
  private readonly heard: string[] = [];
  private readonly dropped = new Set<string>();

  constructor(page: Page, origin: string) {
    page.on('console', (message) => {
      const isComplaint = ['error', 'warning'].includes(message.type());
      // Told of the request itself as well.
      if (isComplaint && !NETWORK_CHANGED.test(message.text()))
        this.heard.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.heard.push(`thrown: ${error.stack ?? error.message}`));
    page.on('requestfailed', (request) => {
      this.failed(request, request.failure()?.errorText ?? '');
    });
    page.on('response', (response) => {
      this.dropped.delete(nameOf(response.request()));
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      const isOwn = url.origin === origin || url.protocol === 'data:' || url.protocol === 'blob:';
      if (!isOwn) this.heard.push(`another origin: ${url.href}`);
    });
  }

  /** What was heard since the last time, and what was dropped since and not answered yet. */
  take(): readonly string[] {
    const unanswered = [...this.dropped].map((name) => `no answer: ${name}, and not asked again`);
    this.dropped.clear();
    return [...this.heard.splice(0), ...unanswered];
  }

  private failed(request: Request, reason: string): void {
    if (NETWORK_CHANGED.test(reason)) this.dropped.add(nameOf(request));
    else if (!GIVEN_UP.test(reason)) this.heard.push(`no answer: ${request.url()} ${reason}`);
  }
}

const nameOf = (request: Request): string => `${request.method()} ${request.url()}`;
