// What other journeys walk through by hand, asked of the engine behind the interface's back: the way to what is looked at.

/** An organization with its form saved and its users; what is given in `form` stands for the right values. */
export async function prepare(host, exchange, { name = "Contoso", users = [], form = {}, password } = {}) {
  const { settings } = await host.call("app_state");
  await host.call("settings_save", { ...settings, firstRunDone: true, checkNoticeSeen: true });
  const { id } = await host.call("organization_add", { name });
  for (const user of users) {
    const { address, mustRefuse = false } = user;
    await host.call("user_add", { organization: id, address, name: user.name ?? "", mustRefuse, tags: "" });
  }
  const { form: before } = await host.call("email_configuration_show", { organization: id });
  await host.call("email_configuration_save", {
    organization: id,
    form: {
      ...before,
      accountLogon: exchange.account,
      ewsUrl: exchange.ewsUrl,
      urlOrigin: "typed",
      authentication: "basic",
      tlsTrust: { kind: "ca", pem: exchange.caPem, name: "corporate-ca.pem" },
      ...form,
    },
    password: { kind: "store", password: password ?? exchange.password },
  });
  return id;
}

/** Checks and waits for the end; answers the run. */
export async function checked(host, organization, scope = { kind: "all" }) {
  const { run } = await host.call("check_start", {
    organization,
    password: { kind: "stored" },
    scope,
    sendAgain: true,
  });
  for (;;) {
    const { state } = await host.call("run_progress", { run });
    if (state !== "running") return run;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
