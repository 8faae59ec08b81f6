import type { Cause } from "../../generated/Cause.ts";
import type { CauseCard } from "../../generated/CauseCard.ts";
import type { Remedy } from "../../generated/Remedy.ts";
import type { ResultRow } from "../../generated/ResultRow.ts";

/** Who is asking, for the names in commands. */
export type About = { account: string; host: string };

type Words = Omit<CauseCard, "cause" | "count" | "verdict" | "finding" | "examples">;

/** The cards of these rows, the most frequent first. */
export function causesOf(rows: readonly ResultRow[], about: About): CauseCard[] {
  const byCause = new Map<Cause, ResultRow[]>();
  for (const row of rows) {
    if (row.cause !== null) {
      byCause.set(row.cause, [...(byCause.get(row.cause) ?? []), row]);
    }
  }
  return [...byCause]
    .map(([cause, own]) => ({
      cause,
      count: own.length,
      verdict: own[0]?.verdict ?? "refused",
      finding: own.some((row) => row.finding),
      ...words(cause, own, about),
      examples: own.slice(0, 3).map((row) => row.mailbox),
    }))
    .sort((a, b) => Number(b.finding) - Number(a.finding) || b.count - a.count);
}

function words(cause: Cause, own: readonly ResultRow[], about: About): Words {
  return cause === "impersonation.out_of_scope" ? outOfScope(about) : notFound(own[0]?.mailbox ?? "user@contoso.com");
}

function outOfScope({ account }: About): Words {
  return {
    title: "Outside the management scope",
    explanation: `The role is assigned to ${account}, but its scope doesn't cover these mailboxes. Add them to the group of the scope, or take them off the list.`,
    blame: "identity",
    reasons: [
      "The mailbox is not a direct member of the group: members of nested groups don't count.",
      "The group was moved or renamed: the scope keeps the distinguished name the group had.",
      "The role was given minutes ago and this server doesn't know it yet.",
    ],
    evidence: [
      "ResponseCode: ErrorImpersonateUserDenied",
      "HTTP status: 200",
      "Other mailboxes were opened in the same run",
      "Asked once more at the end of the run: the same answer",
    ],
    remedy: [
      {
        purpose: "look",
        powershell:
          'Get-ManagementRoleAssignment -Role ApplicationImpersonation -GetEffectiveUsers | Format-Table Name, EffectiveUserName, CustomRecipientWriteScope\nGet-Recipient -ResultSize Unlimited -RecipientPreviewFilter (Get-ManagementScope "RIusersScope").RecipientFilter',
      },
      {
        purpose: "change",
        powershell: 'Add-DistributionGroupMember -Identity "RIAG" -Member "grace.dijkstra7@contoso.com"',
        note: "RIAG is the default name. Put in the group of your scope.",
      },
      {
        purpose: "undo",
        powershell:
          'Remove-DistributionGroupMember -Identity "RIAG" -Member "grace.dijkstra7@contoso.com" -Confirm:$false',
      },
      {
        purpose: "verify",
        powershell:
          "Get-ManagementRoleAssignment -Role ApplicationImpersonation -WritableRecipient grace.dijkstra7@contoso.com -GetEffectiveUsers",
      },
    ],
    alternatives: [
      {
        title: "Whole organization",
        warning: `${account} could then open every mailbox, those of the board and of the administrators included.`,
        remedy: [
          {
            purpose: "change",
            powershell: `New-ManagementRoleAssignment -Name "RI-Impersonation-All" -Role ApplicationImpersonation -User "${account}"`,
          },
          { purpose: "undo", powershell: 'Remove-ManagementRoleAssignment "RI-Impersonation-All"' },
        ],
      },
    ],
  };
}

function notFound(mailbox: string): Words {
  return {
    title: "No mailbox at this address",
    explanation:
      "Exchange has no mailbox at these addresses. Correct the list, or look for the mailboxes in Exchange Online.",
    blame: "list",
    reasons: [
      "The address has a typing error, or the person has left.",
      "The mailbox lives in Exchange Online: here is only a mail user.",
    ],
    evidence: ["ResponseCode: ErrorNonExistentMailbox", "HTTP status: 200"],
    remedy: [
      {
        purpose: "look",
        powershell: `Get-Recipient -Identity "${mailbox}" | Format-List RecipientTypeDetails, PrimarySmtpAddress, ExternalEmailAddress`,
      },
    ],
    alternatives: [],
  };
}

const titles = { look: "Look", change: "Change", undo: "Undo", verify: "Verify" } as const;

/** Commands as one script, each under its purpose. */
export function script(remedy: readonly Remedy[]): string {
  return remedy.map(({ purpose, powershell }) => `# ${titles[purpose]}\n${powershell}`).join("\n\n");
}
