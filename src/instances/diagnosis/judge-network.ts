import { type ExamineReply, type ReachedLayer } from '@app/contracts';
import { type Finding, found, passed, skipped, warning } from './diagnosis';
import { askOperator, changeEndpoint, changePort } from './fixes';
import { EVIDENCE_LINES } from './judge-process';
import { type Subject } from './subject';

export type NetworkCheck = 'dns' | 'egress' | 'port' | 'tls' | 'http';

/** In the order in which a request meets them. */
const ORDER: readonly NetworkCheck[] = ['dns', 'egress', 'port', 'tls', 'http'];
const CHECK_OF: Readonly<Record<ReachedLayer, NetworkCheck>> = {
  dns: 'dns',
  egress: 'egress',
  tcp: 'port',
  tls: 'tls',
  http: 'http',
  mcp: 'http',
  auth: 'http',
  timeout: 'http',
};

/** One request, judged layer by layer: what it passed is well, where it ended is the cause, the rest is not known. */
export function judgeReach(
  subject: Subject,
  reply: ExamineReply,
  output: readonly string[],
): readonly (readonly [NetworkCheck, Finding])[] {
  const isRemote = subject.spec.type === 'url';
  const asked = ORDER.filter((check) =>
    check === 'tls' ? reply.facts.is_secure === true : isRemote || check === 'port' || check === 'http',
  );
  if (!reply.asked) return [['port', skipped(reply.detail)]];
  const end = reply.ok ? undefined : CHECK_OF[reply.layer ?? 'tcp'];
  const at = end === undefined ? Number.POSITIVE_INFINITY : ORDER.indexOf(end);
  return asked.map((check): readonly [NetworkCheck, Finding] => {
    const place = ORDER.indexOf(check);
    if (place > at) return [check, skipped('The request did not come so far.')];
    return [check, place === at ? broken(subject, check, reply, output) : whole(check, reply)];
  });
}

function whole(check: NetworkCheck, { detail, facts, ok }: ExamineReply): Finding {
  const address = facts.address ?? 'its address';
  switch (check) {
    case 'dns':
      return passed(`The name in ${address} is known.`);
    case 'egress':
      return passed('The outbound policy allows the address.');
    case 'port':
      return passed(`${address} takes connections.`);
    case 'tls':
      return passed('Its certificate is good.');
    case 'http':
      return passed(ok ? detail : 'It answers HTTP.');
  }
}

function broken(
  subject: Subject,
  check: NetworkCheck,
  { detail, facts }: ExamineReply,
  output: readonly string[],
): Finding {
  const { spec } = subject;
  // Some servers do not answer a request without a message, and serve all the same: the handshake decides.
  if (check === 'http') return warning(detail, 'http_unclear');
  if (spec.type !== 'url') return closedPort(subject, facts, output);
  const address = facts.address ?? '';
  const move = changeEndpoint(subject, spec.endpoint);
  switch (check) {
    case 'dns':
      return found('remote_name_unknown', `The name in ${address} cannot be resolved. ${detail}`, {
        fix: move,
      });
    case 'egress':
      return found('egress_refused', detail, { fix: askOperator(address), evidence: [address] });
    case 'port':
      return found('remote_unreachable', `${address} takes no connection. ${detail}`, { fix: move });
    case 'tls':
      return found('remote_tls_failed', `No secure connection to ${address} came about. ${detail}`, {
        fix: move,
      });
  }
}

/** What a server says when it is ready; the number is what it listens on. */
const LISTENING =
  /\b(?:listen|running|serving|started|uvicorn|http:\/\/).{0,80}?(?::|port[ =:]+)(\d{2,5})\b/i;

function closedPort(subject: Subject, facts: ExamineReply['facts'], output: readonly string[]): Finding {
  const { port, exposed_ports: exposed = [] } = facts;
  const line = output.findLast((each) => LISTENING.test(each));
  const said = Number(line === undefined ? Number.NaN : LISTENING.exec(line)?.[1]);
  const other = [said, ...exposed].find((each) => each !== port && each > 0 && each < 65_536);
  const hint = other === undefined ? '' : ` It seems to listen on port ${String(other)}.`;
  return found('instance_port_closed', `Nothing listens on port ${String(port)} of its container.${hint}`, {
    fix: changePort(subject, other),
    evidence: [
      ...(exposed.length === 0 ? [] : [`The image exposes ${exposed.join(', ')}.`]),
      ...output.slice(-EVIDENCE_LINES),
    ],
  });
}
