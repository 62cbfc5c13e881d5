// How a site's backend signs the id of its user, in four languages.

export type Backend = "node" | "python" | "php" | "java";

export const BACKENDS: { value: Backend; label: string }[] = [
  { value: "node", label: "Node.js" },
  { value: "python", label: "Python" },
  { value: "php", label: "PHP" },
  { value: "java", label: "Java" },
];

const CODE: Record<Backend, string> = {
  node: `import { createHmac } from "node:crypto";

function sign(userId) {
  return createHmac("sha256", process.env.PAIGONG_SIGNING_SECRET)
    .update(userId)
    .digest("hex");
}`,
  python: `import hashlib, hmac, os

def sign(user_id: str) -> str:
    secret = os.environ["PAIGONG_SIGNING_SECRET"].encode()
    return hmac.new(secret, user_id.encode(), hashlib.sha256).hexdigest()`,
  php: `<?php
function sign(string $userId): string {
    return hash_hmac('sha256', $userId, getenv('PAIGONG_SIGNING_SECRET'));
}`,
  java: `import static java.nio.charset.StandardCharsets.UTF_8;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

static String sign(String userId) throws Exception {
    byte[] secret = System.getenv("PAIGONG_SIGNING_SECRET").getBytes(UTF_8);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(userId.getBytes(UTF_8)));
}`,
};

export function signingCode(backend: Backend): string {
  return CODE[backend];
}

/** The signature of a user's id; undefined where the page is not secure enough for the browser to make one. */
export async function sign(secret: string, user: string): Promise<string | undefined> {
  if (!("subtle" in crypto)) return undefined;
  const bytes = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(secret), algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, bytes.encode(user));
  return [...new Uint8Array(signature)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
