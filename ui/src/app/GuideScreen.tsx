import { useParams } from "@tanstack/react-router";
import { GuidePage } from "@/features/guide/GuidePage";

/** One guide. */
export function GuideScreen() {
  const { guide } = useParams({ from: "/guide/$guide" });
  return <GuidePage key={guide} guide={guide} />;
}
