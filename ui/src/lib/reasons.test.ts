import { expect, test } from "vitest";
import { reasonsOf } from "./reasons";

test("reasons stand one below the other, the likeliest first", () => {
  const { lead, reasons } = reasonsOf(
    "mail.contoso.com refused the sign-in of svc. It was sent once and not again. Most likely a wrong name or password. Else the channel binding doesn't match (Extended Protection), because a proxy shows another certificate; or a domain that takes NTLMv1 only (this program sends NTLMv2 alone). The server's clock differs from this computer's by 15 min; more than 5 min can make sign-ins fail.",
  );
  expect(lead).toBe("mail.contoso.com refused the sign-in of svc. It was sent once and not again.");
  expect(reasons).toEqual([
    "Most likely a wrong name or password.",
    "Else the channel binding doesn't match (Extended Protection), because a proxy shows another certificate.",
    "Or a domain that takes NTLMv1 only (this program sends NTLMv2 alone).",
    "The server's clock differs from this computer's by 15 min; more than 5 min can make sign-ins fail.",
  ]);
});

test("a message of another shape stays whole", () => {
  for (const message of ["Wrong name or password.", "The account is locked out. Unlock it, or wait.", ""]) {
    expect(reasonsOf(message)).toEqual({ lead: message, reasons: [] });
  }
});
