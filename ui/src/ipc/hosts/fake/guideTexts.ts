import type { Badge } from "../../generated/Badge.ts";
import type { ExchangeNames } from "../../generated/ExchangeNames.ts";
import type { GuideBlock } from "../../generated/GuideBlock.ts";
import type { GuideStep } from "../../generated/GuideStep.ts";
import type { RemedyPurpose } from "../../generated/RemedyPurpose.ts";

/** What commands are filled in with; empty where it is not known. */
export type Known = { names: ExchangeNames; account: string; host: string; user: string };

type Step = Omit<GuideStep, "done">;

type GuideText = {
  id: string;
  title: string;
  subtitle: string;
  badge: Badge | null;
  sources: string[];
  steps: (known: Known) => Step[];
};

const works: Badge = { kind: "works", text: "Works" };
const dated: Badge = { kind: "dated", text: "Works until 1 Apr 2027" };
const retired: Badge = { kind: "retired", text: "Retired" };

/** A few guides, short: the real ones come from the engine. */
export const guides: readonly GuideText[] = [
  {
    id: "exchange-server",
    title: "Exchange Server",
    subtitle: "Account, group, scope and role for impersonation on your own servers.",
    badge: works,
    sources: [
      "https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-configure-impersonation",
    ],
    steps: exchangeServer,
  },
  {
    id: "exchange-online",
    title: "Exchange Online today",
    subtitle: "An app with a certificate and a scope instead of a service account.",
    badge: works,
    sources: ["https://learn.microsoft.com/exchange/permissions-exo/application-rbac"],
    steps: exchangeOnline,
  },
  {
    id: "old-route",
    title: "Exchange Online, old route",
    subtitle: "The impersonation role of Exchange Online, for reading only.",
    badge: retired,
    sources: [],
    steps: oldRoute,
  },
  {
    id: "hybrid",
    title: "Hybrid and AD FS",
    subtitle: "Which mailboxes live where, and what signs them in.",
    badge: dated,
    sources: [],
    steps: () => [
      step("where", "Find out where mailboxes live", "Impersonation reaches mailboxes on your own servers only.", {
        notes: ["A remote mailbox answers with its Exchange Online address."],
        blocks: [block("look", "Get-RemoteMailbox -ResultSize Unlimited | Format-Table Name, PrimarySmtpAddress")],
      }),
    ],
  },
  {
    id: "rooms",
    title: "Rooms and resources",
    subtitle: "Room lists, so that rooms can be found.",
    badge: null,
    sources: [],
    steps: rooms,
  },
  {
    id: "microsoft-test",
    title: "Microsoft's test page",
    subtitle: "What to type into Microsoft's Service Account Access test.",
    badge: null,
    sources: ["https://testconnectivity.microsoft.com/tests/ews/input"],
    steps: microsoftTest,
  },
  {
    id: "results",
    title: "Reading results",
    subtitle: "What every verdict means, and whose job each cause is.",
    badge: null,
    sources: [],
    steps: () => [
      step(
        "verdicts",
        "Verdicts",
        "Every mailbox ends in one verdict. Failed, undetermined and not checked are three words.",
        {
          facts: [
            { name: "Success", value: "The mailbox opened, and it is proven to be the one that was asked for." },
            {
              name: "Refused",
              value: "Exchange answered and refused this account for this mailbox: a matter of rights.",
            },
            { name: "Undetermined", value: "It could not be found out, after all retries." },
            { name: "Not checked", value: "Never asked: the run was canceled or stopped before its turn." },
          ],
        },
      ),
    ],
  },
];

function exchangeServer(known: Known): Step[] {
  const { names } = known;
  const group = fill(names.group, "RIAG");
  const scope = fill(names.scope, "RIusersScope");
  const assignment = fill(names.assignment, "RI-Impersonation");
  const account = named(known.account, "account");
  const user = named(known.user, "user");
  const dn = names.securityGroup
    ? `(Get-Group "${group}").DistinguishedName`
    : `(Get-DistributionGroup "${group}").DistinguishedName`;
  return [
    step(
      "account",
      "Create the service account, with a mailbox",
      "One account opens all mailboxes. It needs no rights on the servers.",
      {
        page: "admin_center",
        notes: [
          "An account without a mailbox works too, but rooms can't be retrieved then. Exchange 2013 needs the mailbox.",
        ],
        blocks: [
          block(
            "look",
            `Get-Mailbox -Identity "${account.text}" | Format-List DisplayName, PrimarySmtpAddress`,
            account,
          ),
          block(
            "change",
            `New-Mailbox -Name "Understudy" -UserPrincipalName "${account.text}" -Password (Read-Host -AsSecureString)`,
            account,
          ),
          block("undo", `Remove-Mailbox -Identity "${account.text}"`, account),
          block(
            "verify",
            `Get-User -Identity "${account.text}" | Format-List RecipientType, UserAccountControl`,
            account,
          ),
        ],
      },
    ),
    step(
      "scope",
      "Create the management scope",
      "The scope says which mailboxes the account may open: the direct members of the group.",
      {
        notes: [
          "Only direct members count: members of nested groups are not in the scope.",
          "The scope keeps the group's distinguished name. When the group is moved or renamed, set the filter again.",
        ],
        blocks: [
          block("look", "Get-ManagementScope | Format-Table Name, RecipientFilter"),
          block(
            "change",
            `$dn = ${dn}\nNew-ManagementScope -Name "${scope}" -RecipientRestrictionFilter "MemberOfGroup -eq '$dn'"`,
          ),
          block("undo", `Remove-ManagementScope "${scope}"`),
          block(
            "verify",
            `Get-Recipient -ResultSize Unlimited -RecipientPreviewFilter (Get-ManagementScope "${scope}").RecipientFilter`,
          ),
        ],
      },
    ),
    step(
      "role",
      "Give the account its role, within the scope",
      "Without the scope the account could open every mailbox.",
      {
        notes: [],
        blocks: [
          block("look", "Get-ManagementRoleAssignment -Role ApplicationImpersonation -GetEffectiveUsers"),
          block(
            "change",
            `New-ManagementRoleAssignment -Name "${assignment}" -Role ApplicationImpersonation -User "${account.text}" -CustomRecipientWriteScope "${scope}"`,
            account,
          ),
          block("undo", `Remove-ManagementRoleAssignment "${assignment}"`),
          block(
            "verify",
            `Get-ManagementRoleAssignment -Role ApplicationImpersonation -WritableRecipient ${user.text} -GetEffectiveUsers`,
            user,
          ),
          {
            ...block(
              "change",
              `New-ManagementRoleAssignment -Name "${assignment}-All" -Role ApplicationImpersonation -User "${account.text}"`,
              account,
            ),
            flagged: "Whole organization: the account could then open every mailbox. Pick it only where that is meant.",
          },
        ],
      },
    ),
    step(
      "proof",
      "Prove it",
      "Check the users in Understudy, and one mailbox outside the group that must be refused.",
      {
        notes: ["The check signs in as the service account, never as the user whose mailbox is opened."],
      },
    ),
  ];
}

function exchangeOnline({ user }: Known): Step[] {
  const who = named(user, "user");
  return [
    step("app", "Register the app", "Exchange Online opens mailboxes to an app, not to a service account any more.", {
      badge: works,
      page: "entra_admin_center",
      blocks: [
        {
          ...block("change", "Connect-ExchangeOnline\nNew-ServicePrincipal -AppId <app-id> -ObjectId <object-id>"),
          missing: ["app-id", "object-id"],
          shell: "Exchange Online PowerShell",
        },
      ],
    }),
    step(
      "role",
      "Give the app its role, within a scope",
      "The role without a scope reaches every mailbox of the tenant.",
      {
        badge: works,
        blocks: [
          {
            ...block(
              "change",
              'New-ManagementRoleAssignment -App <object-id> -Role "Application EWS.AccessAsApp" -CustomResourceScope "RIusersScope"',
            ),
            missing: ["object-id"],
            shell: "Exchange Online PowerShell",
          },
          {
            ...block("verify", `Test-ServicePrincipalAuthorization <object-id> -Resource ${who.text}`, who),
            missing: ["object-id", ...who.missing],
            shell: "Exchange Online PowerShell",
          },
        ],
      },
    ),
  ];
}

function oldRoute({ account }: Known): Step[] {
  const who = named(account, "account");
  return [
    step(
      "role",
      "The role as it was assigned",
      "Exchange Online took the role away from new assignments in 2024. Kept for reading.",
      {
        badge: retired,
        notes: ["Passwords ended in Exchange Online between October 2022 and January 2023."],
        blocks: [
          {
            ...block("change", `New-ManagementRoleAssignment -Role ApplicationImpersonation -User "${who.text}"`, who),
            copyable: false,
            shell: "Exchange Online PowerShell",
          },
        ],
      },
    ),
  ];
}

function rooms({ names }: Known): Step[] {
  const list = fill(names.roomList, "Rooms");
  return [
    step("list", "Define a room list", "Rooms are found through room lists. Without one nothing is listed.", {
      blocks: [
        block("look", "Get-DistributionGroup -RecipientTypeDetails RoomList | Format-Table Name, PrimarySmtpAddress"),
        block("change", `New-DistributionGroup -Name "${list}" -RoomList`),
        block("undo", `Remove-DistributionGroup "${list}"`),
      ],
    }),
    step("members", "Put the rooms on it", "A room that is on no list is not found.", {
      blocks: [
        block(
          "change",
          `Get-Mailbox -RecipientTypeDetails RoomMailbox | ForEach-Object { Add-DistributionGroupMember "${list}" -Member $_.PrimarySmtpAddress.ToString() }`,
        ),
        block("verify", `Get-DistributionGroupMember "${list}"`),
      ],
    }),
  ];
}

function microsoftTest({ account, host, user }: Known): Step[] {
  return [
    step(
      "fields",
      "Fill in the form",
      "Microsoft's servers must reach yours, and the password is typed on Microsoft's page.",
      {
        page: "microsoft_test",
        notes: ["The same test runs here under Service Account Access: no third party sees the password."],
        facts: [
          { name: "Target mailbox email address", value: user || "<user>" },
          { name: "Service Account User Name", value: account || "<account>" },
          {
            name: "Specify Exchange Web Services URL",
            value: host === "" ? "<url>" : `https://${host}/EWS/Exchange.asmx`,
          },
          { name: "Test predefined folder", value: "Inbox" },
          { name: "Use Exchange Impersonation", value: "On" },
          { name: "Impersonated user identifier", value: "SmtpAddress" },
          { name: "Ignore Trust for SSL", value: "Off" },
        ],
      },
    ),
  ];
}

type Named = { text: string; missing: string[] };

/** A name, or its placeholder. */
function named(value: string, placeholder: string): Named {
  return value === "" ? { text: `<${placeholder}>`, missing: [placeholder] } : { text: value, missing: [] };
}

/** A name, or the default of the guide. */
function fill(value: string, standard: string): string {
  return value === "" ? standard : value;
}

function step(id: string, title: string, why: string, more: Partial<Step>): Step {
  return { id, title, why, badge: null, blocks: [], notes: [], facts: [], page: null, ...more };
}

function block(purpose: RemedyPurpose, powershell: string, ...names: Named[]): GuideBlock {
  const missing = names.flatMap((name) => name.missing);
  return { purpose, powershell, missing, copyable: true, flagged: null, shell: null };
}
