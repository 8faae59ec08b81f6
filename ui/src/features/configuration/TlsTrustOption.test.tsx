import { screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import type { TlsTrust } from "@/ipc/generated/TlsTrust";
import { chain } from "@/ipc/hosts/fake/server";
import { CommandError } from "@/ipc/problem";
import { findDialog } from "@/testing/dialogs";
import { renderScreen } from "@/testing/render";
import { TlsTrustOption } from "./TlsTrustOption";

function Trusting({ told }: { told: (value: TlsTrust) => void }) {
  const [value, setValue] = useState<TlsTrust>({ kind: "system" });
  return (
    <TlsTrustOption
      value={value}
      messages={[]}
      host="mail.contoso.com"
      seen={[]}
      onChange={(next) => {
        told(next);
        setValue(next);
      }}
    />
  );
}

async function chooseFile(file: File, options: Parameters<typeof renderScreen>[1] = {}) {
  const told = vi.fn<(value: TlsTrust) => void>();
  const view = await renderScreen(<Trusting told={told} />, options);
  await view.user.click(screen.getByRole("radio", { name: "CA file…" }));
  expect(screen.getByText("Until it is given, the system trust store is used.")).toBeVisible();
  await view.user.upload(screen.getByLabelText("CA file"), file);
  return { ...view, told };
}

const good = new File(["-----BEGIN CERTIFICATE-----"], "contoso-ca.pem");

describe("a CA file", () => {
  it("shows what it holds and becomes the trust", async () => {
    const { told } = await chooseFile(good);
    expect(await screen.findByText("CN=Contoso Root CA")).toBeVisible();
    expect(screen.getByText("contoso-ca.pem")).toBeVisible();
    expect(told).toHaveBeenLastCalledWith({
      kind: "ca",
      name: "contoso-ca.pem",
      pem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    });
    expect(screen.queryByText(/^Until it is given/)).not.toBeInTheDocument();
  });

  it.each([
    "No certificate found in this file.",
    "This file contains a private key. Give the certificate alone.",
    "This CA expired on 1 Feb 2024.",
  ])("is refused in words, and nothing changes: %s", async (message) => {
    const certificate_read = () => {
      throw new CommandError({ code: "bad_certificate", message, hint: "Export the CA certificate again." });
    };
    const { told } = await chooseFile(good, { replace: { certificate_read } });
    expect(await screen.findByText(new RegExp(message))).toBeVisible();
    expect(screen.getByText("Export the CA certificate again.")).toBeVisible();
    expect(told.mock.calls.map(([trust]) => trust.kind)).not.toContain("ca");
  });

  it("that was chosen is left again for the system's store", async () => {
    const { user, told } = await chooseFile(good);
    await screen.findByText("CN=Contoso Root CA");
    await user.click(screen.getByRole("radio", { name: "System trust store" }));
    await waitFor(() => expect(told).toHaveBeenLastCalledWith({ kind: "system" }));
  });
});

describe("a pinned certificate", () => {
  it("counts only when all of its SHA-256 is there", async () => {
    const told = vi.fn<(value: TlsTrust) => void>();
    const { user } = await renderScreen(<Trusting told={told} />);
    await user.click(screen.getByRole("radio", { name: "Pinned certificate…" }));
    const field = screen.getByLabelText("SHA-256 of the certificate");
    await user.type(field, "ab:cd");
    expect(screen.getByText("Enter 64 hexadecimal digits; 4 so far.")).toBeVisible();
    expect(told.mock.calls.map(([trust]) => trust.kind)).not.toContain("pin");
    await user.clear(field);
    await user.type(field, "ab".repeat(32));
    expect(told.mock.lastCall?.[0]).toMatchObject({ kind: "pin" });
  });
});

describe("the certificate the server showed last", () => {
  it("is pinned after a question, with what it says", async () => {
    const told = vi.fn<(value: TlsTrust) => void>();
    const [leaf] = chain;
    if (!leaf) throw new Error("the chain has a leaf");
    const { user } = await renderScreen(
      <TlsTrustOption
        value={{ kind: "pin", sha256: "AB".repeat(32) }}
        messages={[]}
        host="mail.contoso.com"
        seen={chain}
        onChange={told}
      />,
    );
    expect(screen.getAllByRole("button", { name: "Pin this certificate" })).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Pin this certificate" }));
    const question = await findDialog("Pin this certificate?");
    expect(told).not.toHaveBeenCalled();
    await user.click(question.getByRole("button", { name: "Pin this certificate" }));
    expect(told).toHaveBeenCalledWith({ kind: "pin", sha256: leaf.sha256, certificate: { ...leaf, pem: null } });
  });
});
