/**
 * Asks where it may be asked: the name before anything is looked up, the addresses that DNS answers
 * before anything is connected. What may not be is an answer that failed.
 */
import { lookup as lookUp, promises } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Answered } from '../../core/channels/answer.ts';
import { messageOf } from '../base/failure.ts';
import type { Ask, HttpAnswer } from '../http/http.ts';
import type { PostMail } from '../http/mail.ts';
import { addressIssue, bareHost, type Destinations, urlIssue } from './destinations.ts';

/** Asks only where a config may send a stage; what it may not is an answer that failed. */
export function guardedAsk(ask: Ask, destinations: () => Promise<Destinations>): Ask {
  return askedUnless(ask, destinations, (url, to) => {
    const fault = urlIssue(url, to);
    return fault && `the URL ${fault}`;
  });
}

/**
 * Asks any host, as long as its address is somebody's: an image may come from anywhere, and neither its
 * name nor what DNS makes of it leads to this machine, the link, a cloud's metadata or the API server.
 */
export function addressedAsk(ask: Ask, destinations: () => Promise<Destinations>): Ask {
  return askedUnless(ask, destinations, (url, to) => {
    if (!URL.canParse(url)) return 'its name is no host';
    const host = bareHost(new URL(url).hostname);
    return isIP(host) === 0 ? undefined : addressIssue(host, to);
  });
}

/** The same for mail: the server by its name, and by all addresses of it. */
export function guardedPost(post: PostMail, destinations: () => Promise<Destinations>): PostMail {
  const refused = (why: string): Answered => ({
    status: undefined,
    why: `not asked: ${why}`,
    isFinal: true,
  });
  return async (request) => {
    const { url } = request.mail;
    if (!URL.canParse(url) || !/^smtps?:$/.test(new URL(url).protocol))
      return refused('it is no URL of smtp');
    try {
      const to = await destinations();
      const fault = urlIssue(url.replace(/^smtps?/, 'https'), to);
      if (fault !== undefined) return refused(`the URL ${fault}`);
      const found = await promises.lookup(bareHost(new URL(url).hostname), { all: true });
      const wrong = found.map(({ address }) => addressIssue(address, to)).find(Boolean);
      if (wrong !== undefined) return refused(wrong);
      const [first] = found;
      return await post(first ? { ...request, address: first.address } : request);
    } catch (thrown) {
      return { status: undefined, why: messageOf(thrown) };
    }
  };
}

function askedUnless(
  ask: Ask,
  destinations: () => Promise<Destinations>,
  faultOf: (url: string, to: Destinations) => string | undefined,
): Ask {
  const failed = (why: string): HttpAnswer => ({
    kind: 'failed',
    why: `not asked: ${why}`,
    headers: new Map(),
  });
  return async (request) => {
    try {
      const to = await destinations();
      const fault = faultOf(request.url, to);
      if (fault !== undefined) return failed(fault);
      return await ask({ ...request, lookup: checkedLookup(to) });
    } catch (thrown) {
      // No one knows where it may be asked as long as the API does not say.
      return failed(messageOf(thrown));
    }
  };
}

/** DNS, but for answers that no one may connect to: the name was allowed, what it means today may not be. */
function checkedLookup(to: Destinations): LookupFunction {
  return (host, options, callback) => {
    lookUp(host, { ...options, all: true }, (error, found) => {
      const fault = found?.map(({ address }) => addressIssue(address, to)).find(Boolean);
      const [first] = found ?? [];
      if (error) callback(error, '');
      else if (fault) callback(new Error(fault), '');
      else if (options.all) callback(null, found);
      else callback(null, first?.address ?? '', first?.family);
    });
  };
}
