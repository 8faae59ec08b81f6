// The simulated Exchange: practice mode of a host of its own, which this journey's host knows nothing of.

import { startHost } from "./host.js";

/**
 * Starts one and answers where it is, who may log on, and who lives there.
 * @param tokens whose access tokens it takes; none when absent
 * @returns {Promise<{ewsUrl: string, caPem: string, account: string, password: string, users: object[]}>}
 */
export async function startExchange(t, { scenario = "healthy", users = 200, tokens } = {}) {
  const host = await startHost(t, { tokens });
  const { practice } = await host.call("practice_start", { scenario, users });
  const { organization, ewsUrl, account, password } = practice;
  const { form } = await host.call("email_configuration_show", { organization });
  return { ewsUrl, account, password, caPem: form.tlsTrust.pem, users: await everyone(host, organization) };
}

async function everyone(host, organization) {
  const found = [];
  for (;;) {
    const page = await host.call("users_page", { organization, filter: {}, offset: found.length, limit: 1000 });
    found.push(...page.rows);
    if (found.length >= page.total || page.rows.length === 0) return found;
  }
}
