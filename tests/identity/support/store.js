// What the provider remembers, in memory. Nothing is dropped by itself: the provider looks at the expiry.

import { named } from "./accounts.js";

/** An adapter for every model over one shared memory, and a way to revoke what an account was granted. */
export function memory() {
  const all = new Map();
  const revoked = new Set();
  const entries = () => [...all.values()];

  class Adapter {
    constructor(model) {
      this.model = model;
    }

    key(id) {
      return `${this.model}:${id}`;
    }

    first(wanted) {
      return entries().find(({ model, payload }) => model === this.model && wanted(payload))?.payload;
    }

    async upsert(id, payload) {
      all.set(this.key(id), { model: this.model, id, payload });
    }

    async find(id) {
      return all.get(this.key(id))?.payload;
    }

    async findByUid(uid) {
      return this.first((payload) => payload.uid === uid);
    }

    async findByUserCode(userCode) {
      return this.first((payload) => payload.userCode === userCode);
    }

    async consume(id) {
      all.get(this.key(id)).payload.consumed = Math.floor(Date.now() / 1000);
    }

    async destroy(id) {
      if (all.delete(this.key(id))) revoked.add(id);
    }

    async revokeByGrantId(grantId) {
      for (const { model, id, payload } of entries()) {
        if (model === this.model && payload.grantId === grantId) await this.destroy(id);
      }
    }
  }

  return {
    adapter: (model) => new Adapter(model),
    /** Whether it once was good. */
    wasRevoked: (id) => revoked.has(id),
    /** Forgets every grant, or those of one account, with all that came of them; how many there were. */
    revoke(account) {
      const objectId = named(account)?.objectId;
      const mine = ({ payload }) => account === undefined || payload.accountId === objectId;
      const gone = entries().filter((entry) => ["Grant", "RefreshToken", "AuthorizationCode"].includes(entry.model));
      for (const { model, id } of gone.filter(mine)) {
        all.delete(`${model}:${id}`);
        revoked.add(id);
      }
      return gone.filter(mine).filter(({ model }) => model === "Grant").length;
    },
    /** How many refresh tokens would still be taken. */
    refreshTokens: () =>
      entries().filter(({ model, payload }) => model === "RefreshToken" && payload.consumed === undefined).length,
  };
}
