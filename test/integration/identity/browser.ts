const MAX_STEPS = 20;
const FORM = /<form[^>]*action="([^"]+)"/;
const INPUT = /<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g;

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
  readonly setCookies: readonly string[];
  readonly location: string | undefined;
}

/** As much of a browser as a sign-in needs: cookies per host, redirects one by one, forms that are filled in. */
export class Browser {
  private readonly cookies = new Map<string, Map<string, string>>();

  /** One request; redirects are not followed. */
  async open(url: string, form?: URLSearchParams): Promise<Page> {
    const { host } = new URL(url);
    const jar = this.cookies.get(host) ?? new Map<string, string>();
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
      },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    const setCookies = answer.headers.getSetCookie();
    for (const cookie of setCookies) keep(jar, cookie);
    this.cookies.set(host, jar);
    const location = answer.headers.get('location');
    return {
      ...{ url, status: answer.status, text: await answer.text(), setCookies },
      location: location === null ? undefined : new URL(location, url).href,
    };
  }

  /** Follows redirects and fills in the forms of the provider until an address of the wanted kind is next. */
  async goOn(url: string, wanted: (url: string) => boolean, login: string): Promise<string> {
    let page = await this.open(url);
    for (let step = 0; step < MAX_STEPS; step += 1) {
      if (page.location !== undefined && wanted(page.location)) return page.location;
      page = page.location === undefined ? await this.fillIn(page, login) : await this.open(page.location);
    }
    throw new Error(`It does not end: ${page.url}`);
  }

  private fillIn({ url, text, status }: Page, login: string): Promise<Page> {
    const action = FORM.exec(text)?.[1];
    if (action === undefined)
      throw new Error(`${String(status)} without a form at ${url}: ${text.slice(0, 500)}`);
    const form = new URLSearchParams();
    for (const [, name = '', value = ''] of text.matchAll(INPUT)) form.append(name, value);
    if (text.includes('name="login"')) for (const name of ['login', 'password']) form.set(name, login);
    return this.open(new URL(action, url).href, form);
  }
}

function keep(jar: Map<string, string>, cookie: string): void {
  const [pair = ''] = cookie.split(';', 1);
  const equals = pair.indexOf('=');
  const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
  if (value === '' || /max-age=0/i.test(cookie)) jar.delete(name);
  else jar.set(name, value);
}
