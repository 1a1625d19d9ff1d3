import { mailSettings } from './mail-settings';

describe('the setting of mail', () => {
  it('names the server and, where it says so, the sender', () => {
    expect(
      mailSettings('smtps://u:p%40ss@mail.example.com:465?from=Harbour%20%3Ch%40example.com%3E'),
    ).toEqual({
      smtpUrl: 'smtps://u:p%40ss@mail.example.com:465',
      sender: 'Harbour <h@example.com>',
    });
  });

  it('has a sender for those that name none, and keeps what else is said of the server', () => {
    expect(mailSettings('smtp://localhost:2525?pool=true')).toEqual({
      smtpUrl: 'smtp://localhost:2525?pool=true',
      sender: 'Quayside <quayside@localhost>',
    });
    expect(mailSettings(undefined).smtpUrl).toBeUndefined();
  });
});
