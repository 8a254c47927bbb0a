/** What is said about deliveries themselves. */
export const deliverySpanish = {
  "summary-quiet-hours": "Mientras aquí había silencio: { $count } sin avisar",
  "summary-late": "Llegaron tarde para ser noticia: { $count }",
  "summary-open-up": "{ $symbol } { $ratio }× desequilibrado al alza, { $time }",
  "summary-open-down": "{ $symbol } { $ratio }× desequilibrado a la baja, { $time }",
  "summary-ended-up": "{ $symbol } { $ratio }× desequilibrado al alza, { $time }; ya terminó",
  "summary-ended-down": "{ $symbol } { $ratio }× desequilibrado a la baja, { $time }; ya terminó",
  "summary-more": "… y { $count } más",

  "notice-feed-lost":
    "{ $symbol }: ninguna bolsa da datos recientes desde { $since }. No puede haber alertas hasta que vuelvan; avisaré.",
  "notice-feed-back": "{ $symbol }: los datos han vuelto tras { $lasted }. Puede haber alertas de nuevo.",

  "notice-disabled": "Las alertas para { $destination } se han detenido",
  "notice-disabled-reason": "Su plataforma rechazó la última: { $reason }",
  "notice-disabled-return":
    "Sus ajustes se conservan. Vuelve a darme permiso para escribir: si no sigue entonces, envía allí /subscribe.",
} as const;
