import { describe, expect, it, vi } from 'vitest';
import { Audience } from '../../../../src/kubernetes/cluster/api/audience.ts';

describe('Audience', () => {
  it('tells those who follow a topic of the object, each once', () => {
    const audience = new Audience();
    const [llama, both, phi] = [vi.fn(), vi.fn(), vi.fn()];
    audience.follow(llama, ['app=llama']);
    audience.follow(both, ['app=llama', 'tier=gold']);
    audience.follow(phi, ['app=phi']);

    audience.tell('llama-0', ['app=llama', 'tier=gold', 'app=llama']);

    expect(llama.mock.calls).toEqual([['llama-0']]);
    expect(both.mock.calls).toEqual([['llama-0']]);
    expect(phi).not.toHaveBeenCalled();
  });

  it('tells all who joined of the collection as a whole, until they leave', () => {
    const audience = new Audience();
    const [stays, leaves] = [vi.fn(), vi.fn()];
    audience.join(stays);
    audience.join(leaves);
    audience.leave(leaves);

    audience.tellAll();

    expect(stays.mock.calls).toEqual([[]]);
    expect(leaves).not.toHaveBeenCalled();
    expect(audience.size).toBe(1);
  });

  it('forgets topics that nobody follows any more', () => {
    const audience = new Audience();
    const listener = vi.fn();
    audience.follow(listener, ['app=llama', 'tier=gold']);
    expect(audience.interest('app=llama')).toBe(1);

    audience.unfollow(listener, ['app=llama', 'tier=gold']);
    audience.tell('llama-0', ['app=llama']);

    expect(audience.interest('app=llama')).toBe(0);
    expect(listener).not.toHaveBeenCalled();
  });

  it('bears listeners that come and go while it tells', () => {
    const audience = new Audience();
    const late = vi.fn();
    audience.follow(() => audience.follow(late, ['a']), ['a']);

    audience.tell('x', ['a']);
    expect(late).not.toHaveBeenCalled();
    audience.tell('x', ['a']);
    expect(late).toHaveBeenCalledOnce();
  });
});
