import { type Page } from 'playwright-core';

/**
 * Requests that a page gives up by itself: it was left, or asked for something newer. And those that the browser gives up
 * whenever the machine gets or loses a network, as the engines of other tests make them; the page asks again.
 */
const GIVEN_UP = /net::ERR_(ABORTED|NETWORK_CHANGED)/;

/** Hears everything a page must not do: complain, fail, break the policy, or talk to anybody but its server. */
export class PageWatch {
  private readonly heard: string[] = [];

  constructor(page: Page, origin: string) {
    page.on('console', (message) => {
      const isComplaint = ['error', 'warning'].includes(message.type());
      if (isComplaint && !GIVEN_UP.test(message.text()))
        this.heard.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.heard.push(`thrown: ${error.stack ?? error.message}`));
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? '';
      if (!GIVEN_UP.test(reason)) this.heard.push(`no answer: ${request.url()} ${reason}`);
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      const isOwn = url.origin === origin || url.protocol === 'data:' || url.protocol === 'blob:';
      if (!isOwn) this.heard.push(`another origin: ${url.href}`);
    });
  }

  /** What was heard since the last time. */
  take(): readonly string[] {
    return this.heard.splice(0);
  }
}
