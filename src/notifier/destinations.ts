/** Destinations are written `console`, `telegram:CHAT[/TOPIC]`, `discord:CHANNEL`, `webhook:URL`. */
export function platformOf(destination: string): string {
  const colon = destination.indexOf(":");
  return colon < 0 ? destination : destination.slice(0, colon);
}
