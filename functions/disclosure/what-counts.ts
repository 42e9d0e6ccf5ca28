/** What each public figure counts, in both languages: the same sentences in the JSON and on the page. */
export const WHAT_COUNTS = {
  en: {
    giftsMinor: 'Gifts: money paid and booked, before provider fees and without match. Refunds are shown beside them.',
    refundedMinor: 'Refunded: what of these gifts went back to their donors; it is in no total.',
    goodsMinor:
      'Goods: what was given in kind, at its assessed value, shown apart. It is in no sum with money and in no ranking.',
    matchMinor:
      'Match: what sponsors add to single gifts, less what went back. Provisional until the matches are confirmed; a match that is being checked is in it.',
    lumpMinor:
      'Lump sums: what sponsors add beside single gifts, for a challenge that was met or shared over the units at the end. Not in the match of gifts, units or days.',
    totalMinor: 'Together: money given less refunds, match and lump sums. Goods are not in it.',
    remainingMinor:
      'Left: what each sponsor’s pool can still give at this moment. What goes back with a refund returns to it.',
    donors: 'Donors: distinct payment accounts; one person with two accounts counts twice.',
    units:
      'Units: money whose donor named the unit, less refunds; ranked by that. Gifts without a unit are in the total only.',
  },
  'zh-CN': {
    giftsMinor: '捐款：已支付并入账的款项，未扣手续费，不含配捐；退款另列。',
    refundedMinor: '退款：上述捐款中已退还给捐赠人的部分，不计入任何合计。',
    goodsMinor: '物资：捐赠的实物，按评估价值另列，不与款项合计，也不计入排名。',
    matchMinor: '配捐：配捐方就单笔捐款追加的款项，已扣除退回部分；核定之前为暂定数，核查中的配捐也在其内。',
    lumpMinor: '一次性配捐：挑战达成时追加或结束后按单位分配的款项，不属于单笔捐款，不计入捐款、单位、各日的配捐。',
    totalMinor: '合计：捐款减退款，加配捐与一次性配捐，不含物资。',
    remainingMinor: '余额：各配捐方资金此刻还能配捐的数额；随退款退回的配捐会回到余额中。',
    donors: '捐赠人：按支付账户计算；同一人使用两个账户计为两位。',
    units: '动员单位：捐赠人指明该单位的捐款减退款，并据此排名；未指明单位的捐款只计入合计。',
  },
} as const;
