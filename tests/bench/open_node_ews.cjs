// Opens every Inbox with node-ews, as its documentation has it: `run` with the impersonation as a SOAP header. The
// WSDL and schemas that it wants to read are in a folder. Prints one line of JSON.
//
//     node open_node_ews.cjs URL USERS LANES MAILBOXES SCHEMAS

const { readFileSync } = require("node:fs");
const EWS = require("node-ews");

const [url, users, lanes, mailboxes, temp] = process.argv.slice(2);
const addresses = readFileSync(users, "utf8").trim().split("\n").slice(1, 1 + Number(mailboxes));
const host = new URL(url).origin;
const client = new EWS({ username: "CONTOSO\\svc-ews", password: "pw", host, auth: "basic", temp });

const question = {
  FolderShape: { BaseShape: "IdOnly" },
  FolderIds: { DistinguishedFolderId: { attributes: { Id: "inbox" } } },
};
let next = 0;
let opened = 0;

function open(address) {
  return client.run("GetFolder", question, {
    "t:ExchangeImpersonation": { "t:ConnectingSID": { "t:SmtpAddress": address } },
  });
}

async function lane() {
  while (next < addresses.length) {
    const answer = await open(addresses[next++]);
    if (JSON.stringify(answer).includes('"NoError"')) opened++;
  }
}

async function main() {
  // The first call reads the WSDL and keeps it: without the clock, in its favor.
  await open(addresses[0]);
  const started = performance.now();
  await Promise.all(Array.from({ length: Number(lanes) }, lane));
  console.log(JSON.stringify({ opened, seconds: (performance.now() - started) / 1000 }));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
