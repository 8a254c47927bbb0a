import type { discordEnglish } from "../english/discord.ts";

export const discordSpanish: Readonly<Record<keyof typeof discordEnglish, string>> = {
  "discord-option-channel": "Canal o hilo del que se trata; este, si no se dice",
  "discord-option-style": "Aspecto de las alertas; componentes, si no se dice",
  "discord-option-publish": "En canales de anuncios: publicar cada alerta a quienes los siguen",
  "discord-choice-components": "componentes",
  "discord-choice-embed": "insertado",

  "discord-right-view": "Ver canal",
  "discord-right-send": "Enviar mensajes",
  "discord-right-send-in-threads": "Enviar mensajes en hilos",
  "discord-right-embed": "Insertar enlaces",
  "discord-right-attach": "Adjuntar archivos",
  "discord-missing-rights": "No se ha guardado nada: en { $channel } me falta { $rights }.",
  "discord-missing-rights-how":
    "Puede darlo quien administre el servidor: Editar canal → Permisos → añadir mi rol → permitir { $rights }. Después envía /subscribe otra vez.",
  "discord-wrong-channel":
    "No puedo publicar en { $channel }: elige un canal de texto o de anuncios, un hilo o una publicación de un foro.",
  "discord-refused-access": "No puedo ver ese canal. Deja que mi rol lo vea y pulsa Probar en /alerts.",
  "discord-refused-rights":
    "allí falta un permiso. Permite a mi rol { $rights } (Editar canal → Permisos) y pulsa Probar en /alerts.",
  "discord-refused-unknown": "ese canal ya no existe. Envía /subscribe en otro.",

  "discord-not-installed":
    "Solo estoy aquí porque me instalaste para ti, así que no puedo publicar. Puede añadirme quien administre el servidor:",
  "discord-not-installed-button": "Añadir al servidor",
  "discord-not-here":
    "En esta conversación no se pueden poner alertas. Envíame la orden en privado o en un servidor.",
  "discord-managers-only":
    "Aquí solo cambian las alertas quienes tienen el permiso “Gestionar servidor”. /imbalance puedes preguntarlo siempre.",
  "discord-help-servers":
    "En los servidores cambian alertas quienes tienen el permiso “Gestionar servidor”; preguntar puede cualquiera.",
  "discord-help-channels": "Las alertas llegan al canal, hilo o publicación donde se pidieron.",
  "discord-other-server": "Eso pertenece a otro servidor.",
  "discord-command-old":
    "Esa orden es de una versión anterior. Reinicia Discord (Ctrl+R) y elígela otra vez de la lista.",
  "discord-trouble":
    "Mi almacén no responde, así que no pude hacerlo. Si cambiaste algo, mira dentro de un minuto en /alerts si se guardó.",
  "discord-busy": "Demasiada gente pregunta a la vez. Inténtalo de nuevo en unos segundos.",

  "discord-owner-stopped":
    "Ya no puedo publicar en { $channel }: { $reason }. Sus alertas se conservan y siguen cuando pueda.",

  "discord-suggest-all": "todos los símbolos",
  "discord-modal-title": "Alerta de { $name }",
  "discord-modal-ratio": "Ratio, de 1,1 a 20",
  "discord-modal-direction": "De qué lado",
  "discord-modal-confidence": "Con cuánta seguridad",
  "discord-modal-mode": "Con cuánto ruido",
  "discord-modal-zone": "La gran ciudad más cercana, o UTC+2",
};
