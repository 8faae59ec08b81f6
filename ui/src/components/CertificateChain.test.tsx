import { screen, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import type { Cause } from "@/ipc/generated/Cause";
import type { CertificateInfo } from "@/ipc/generated/CertificateInfo";
import type { TlsTrust } from "@/ipc/generated/TlsTrust";
import { findDialog } from "@/testing/dialogs";
import { renderScreen } from "@/testing/render";
import { CertificateChain } from "./CertificateChain";

const leaf: CertificateInfo = {
  subject: "CN=mail.contoso.com",
  issuer: "CN=Contoso Root CA",
  names: ["mail.contoso.com"],
  notBefore: "2020-01-01T00:00:00Z",
  notAfter: "2099-01-01T00:00:00Z",
  sha256: "AB".repeat(32),
  isCa: false,
  pem: "LEAF",
};
const root: CertificateInfo = {
  ...leaf,
  subject: "CN=Contoso Root CA",
  names: [],
  sha256: "CD".repeat(32),
  isCa: true,
  pem: "ROOT",
};

async function show(cause: Cause, chain: CertificateInfo[], trust: TlsTrust = { kind: "system" }, more = {}) {
  const told = vi.fn<(trust: TlsTrust, text: string) => void>();
  const view = await renderScreen(
    <CertificateChain cause={cause} chain={chain} host="exchange.contoso.com" trust={trust} onTrust={told} />,
    more,
  );
  return { ...view, told };
}

const card = (name: string) => within(screen.getByRole("article", { name }));

describe("an unknown issuer", () => {
  test("is marked at the last of the chain; its CA is trusted after a question", async () => {
    const { user, told } = await show("tls.untrusted", [leaf, root]);
    expect(card("Contoso Root CA").getByText("Vouched for by nobody but itself")).toBeVisible();
    expect(card("mail.contoso.com").queryByText(/Vouched|Not trusted/)).not.toBeInTheDocument();
    await user.click(card("Contoso Root CA").getByRole("button", { name: "Trust this CA" }));
    const question = await findDialog("Trust this CA?");
    expect(question.getByText(/for this organization alone/)).toBeVisible();
    expect(question.getByText(/Nothing is saved, and no check is started/)).toBeVisible();
    expect(told).not.toHaveBeenCalled();
    await user.click(question.getByRole("button", { name: "Trust this CA" }));
    expect(told).toHaveBeenCalledExactlyOnceWith(
      { kind: "ca", name: "Contoso Root CA", pem: "ROOT\n" },
      "Trusts the CA Contoso Root CA.",
    );
  });

  test("stays unknown when the question is canceled", async () => {
    const { user, told } = await show("tls.untrusted", [leaf, root]);
    await user.click(screen.getByRole("button", { name: "Pin this certificate" }));
    const question = await findDialog("Pin this certificate?");
    expect(question.getByText(/Its issuer, names and dates are no longer looked at/)).toBeVisible();
    await user.click(question.getByRole("button", { name: "Cancel" }));
    expect(told).not.toHaveBeenCalled();
  });

  test("is pinned with what the certificate says, without its text", async () => {
    const { user, told } = await show("tls.untrusted", [leaf, root]);
    await user.click(screen.getByRole("button", { name: "Pin this certificate" }));
    const question = await findDialog("Pin this certificate?");
    await user.click(question.getByRole("button", { name: "Pin this certificate" }));
    expect(told.mock.lastCall?.[0]).toEqual({ kind: "pin", sha256: leaf.sha256, certificate: { ...leaf, pem: null } });
  });

  test("that the server did not send can't be trusted, and a file is offered instead", async () => {
    const { user, told } = await show("tls.untrusted", [leaf]);
    const button = screen.getByRole("button", { name: "Trust this CA" });
    expect(button).toHaveAttribute("aria-disabled", "true");
    expect(button).toHaveAccessibleDescription(/^The server sent no CA certificate\. Get that of Contoso Root CA/);
    await user.upload(screen.getByLabelText("CA file"), new File(["-----BEGIN"], "contoso.pem"));
    expect(await vi.waitUntil(() => told.mock.lastCall)).toEqual([
      expect.objectContaining({ kind: "ca", name: "contoso.pem" }),
      "Trusts the CA in contoso.pem.",
    ]);
  });

  test("a certificate that signed itself has no CA behind it", async () => {
    await show("tls.untrusted", [{ ...leaf, issuer: leaf.subject }]);
    expect(screen.getByRole("button", { name: "Trust this CA" })).toHaveAccessibleDescription(
      /^The certificate signed itself: there is no CA behind it/,
    );
    expect(screen.getByText("Vouched for by nobody but itself")).toBeVisible();
  });

  test("that was taken into the form says so instead of offering it again", async () => {
    await show("tls.untrusted", [leaf, root], { kind: "ca", name: "Contoso Root CA", pem: "ROOT\n" });
    expect(card("Contoso Root CA").getByText("Trusted in the form")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Trust this CA" })).not.toBeInTheDocument();
  });
});

test.each([
  ["tls.name_mismatch", leaf, "Not for exchange.contoso.com"],
  ["tls.expired", { ...leaf, notAfter: "2021-01-01T00:00:00Z" }, /^Expired \d+ years ago$/],
] as const)("%s is marked, and the CA is not the remedy", async (cause, certificate, words) => {
  await show(cause, [certificate, root]);
  expect(card("mail.contoso.com").getAllByText(words)[0]).toBeVisible();
  expect(screen.queryByRole("button", { name: /Trust/ })).not.toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Pin this certificate" })).toBeVisible();
});

describe("another certificate than the pinned one", () => {
  const other = { ...leaf, issuer: "CN=Contoso Web Gateway", sha256: "EF".repeat(32) };
  const line = (name: RegExp) => within(screen.getByRole("row", { name }));

  test("stands beside the pinned one; what differs is marked, another issuer is explained", async () => {
    const trust: TlsTrust = { kind: "pin", sha256: leaf.sha256, certificate: leaf };
    const { user, told } = await show("tls.pin_mismatch", [other], trust);
    expect(line(/^Issuer/).getByText("Differs")).toBeVisible();
    expect(line(/^SHA-256/).getByText("Differs")).toBeVisible();
    expect(line(/^Subject/).queryByText("Differs")).not.toBeInTheDocument();
    expect(screen.getByText(/how a TLS-inspecting proxy .+ looks/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Pin the new one" }));
    const question = await findDialog("Pin this certificate?");
    await user.click(question.getByRole("button", { name: "Pin the new one" }));
    expect(told.mock.lastCall?.[0]).toMatchObject({ kind: "pin", sha256: other.sha256 });
  });

  test("by the same issuer looks like a renewal", async () => {
    const renewed = { ...leaf, sha256: other.sha256 };
    await show("tls.pin_mismatch", [renewed], { kind: "pin", sha256: leaf.sha256, certificate: leaf });
    expect(screen.getByText(/^The issuer is the same, as after a renewal/)).toBeVisible();
    expect(screen.queryByText(/TLS-inspecting/)).not.toBeInTheDocument();
  });

  test("says what is not known of a pin that was typed", async () => {
    await show("tls.pin_mismatch", [other], { kind: "pin", sha256: leaf.sha256 });
    expect(line(/^Issuer/).getByText("not known")).toBeVisible();
    expect(line(/^Issuer/).queryByText("Differs")).not.toBeInTheDocument();
    expect(line(/^SHA-256/).getByText("Differs")).toBeVisible();
  });

  test("is an ordinary chain again once the new one is pinned", async () => {
    await show("tls.pin_mismatch", [other], { kind: "pin", sha256: other.sha256 });
    expect(screen.queryByRole("table")).not.toBeInTheDocument();
    expect(screen.getByText("Pinned in the form")).toBeVisible();
  });
});

test("nothing ever offers to ignore a fault", async () => {
  for (const cause of ["tls.untrusted", "tls.name_mismatch", "tls.expired", "tls.protocol"] as const) {
    const { unmount } = await show(cause, [leaf, root]);
    expect(screen.queryByRole("button", { name: /ignore|anyway|skip/i })).not.toBeInTheDocument();
    unmount();
  }
});
