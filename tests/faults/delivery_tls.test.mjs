// Mail servers on 465 and 587 speak TLS before they hear a password; one whose certificate nobody vouches for hears none.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, test } from "node:test";

import { ledgerOf, withLedger } from "../story/ledger_file.mjs";
import { companyWith, openMailServer } from "../story/receivers.mjs";
import { startRuntimeAlone, startServer, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

const certificate = (name) => readFile(new URL(`../story/certificates/${name}`, import.meta.url), "utf8");

let server, end, mails = [];
after(async () => {
  await end?.();
  await server?.stop();
  for (const mail of mails) await mail.close();
});

/** A mail server on the one port that speaks TLS from the beginning; nothing where only the administrator may open it. */
const onPort465 = (account, tls) => openMailServer(account, { ...tls, secure: true, port: 465 }).catch((error) => {
  if (error.code !== "EACCES") throw error;
});

test("a letter goes out over TLS once the certificate is trusted, and no password before", async (t) => {
  const account = { user: "sales", password: "MAIL-secret-password" };
  const tls = { key: await certificate("server.key"), cert: await certificate("server.pem") };
  const mail = await openMailServer(account, { ...tls, disabledCommands: [], allowInsecureAuth: false });
  const plain = await openMailServer(account);
  mails = [mail, plain];
  const first = await onPort465(account, tls);
  if (!first) t.diagnostic("port 465 may not be opened by this user: STARTTLS alone is tried");
  if (first) mails.push(first);
  const destination = (id, port) => `
[[destinations]]
kind = "smtp"
id = "${id}"
from = "sales@company.ru"
to = ["vera@company.ru"]
host = "localhost"
port = ${port}
user = "sales"
secret = "${account.password}"
`;
  server = await startServer();
  const made = await makeWorkspace(server, undefined, () => companyWith(destination("tls", mail.port) + destination("plain", plain.port) + (first ? destination("first", 465) : "")));
  const inquiry = await made.inquire("price", "@over_tls");
  const delivery = async (id) => (await made.lead(inquiry.lead)).deliveries.find(({ destination }) => destination === id);
  // A certificate that nobody vouches for: no letter, and it is tried again.
  await waitFor(async () => (await delivery("tls")).attempts >= 1 && (await delivery("tls")).last_result, "the first attempt", 20_000);
  assert.deepEqual([(await delivery("tls")).state, mail.letters.length], ["retrying", 0]);
  if (first) {
    await waitFor(async () => (await delivery("first")).attempts >= 1 && (await delivery("first")).last_result, "the first attempt on 465", 20_000);
    assert.deepEqual([(await delivery("first")).state, first.letters.length], ["retrying", 0]);
  }
  // A server that does not go secret is told nothing, and the owner hears of it.
  await waitFor(async () => (await delivery("plain")).last_result === "538", "the refusal", 20_000);
  assert.equal(plain.letters.length, 0);

  const { data, port } = server;
  await server.stop({ keep: true });
  // Whichever attempt comes next, it comes now.
  withLedger(await ledgerOf(data, inquiry.lead), (database) => database.prepare("UPDATE deliveries SET next_at = 1 WHERE state = 'retrying'").run());
  const config = new URL(`../../target/dev/installation-${port}.capnp`, import.meta.url);
  const written = await readFile(config, "utf8");
  const trusted = written.replace("trustBrowserCas = true", `trustBrowserCas = true, trustedCertificates = [${JSON.stringify(await certificate("authority.pem"))}]`);
  assert.notEqual(trusted, written);
  await writeFile(config, trusted);
  end = await startRuntimeAlone({ data, port });
  for (const one of [mail, first].filter(Boolean)) {
    const letter = await waitFor(() => one.letters[0], "the letter", 60_000);
    assert.equal(letter.secure, true);
    assert.match(letter.subject, /Новый лид/);
  }
});
