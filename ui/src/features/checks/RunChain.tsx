import { useNavigate } from "@tanstack/react-router";
import { CertificateChain } from "@/components/CertificateChain";
import type { RunPage } from "@/ipc/generated/RunPage";
import { hostOf, isCertificateCause } from "@/lib/certificates";
import type {} from "@/lib/handOver";
import { useRead } from "@/lib/queries";

/** The chain of a run that TLS stopped. A trust that is chosen here goes into Email Configuration, unsaved. */
export function RunChain({ page }: { page: RunPage }) {
  const navigate = useNavigate();
  const { cause, organization, ewsUrl } = page.row;
  const shown = isCertificateCause(cause) && organization !== null;
  const configuration = useRead("email_configuration_show", { organization: organization ?? 0 }, { enabled: shown });
  if (!shown || !configuration.data) return null;
  return (
    <CertificateChain
      cause={cause}
      chain={page.certificates}
      host={hostOf(ewsUrl)}
      trust={configuration.data.form.tlsTrust}
      onTrust={(trust, text) =>
        void navigate({
          to: "/organizations/$id/configuration",
          params: { id: organization },
          state: { handedTrust: { trust, text } },
        })
      }
    />
  );
}
