/** Columns of order histories, each with the names that shop systems give it. Keys as `columnKey` makes them. */
export const ORDER_COLUMNS = {
  order: [
    'order_id',
    'order_number',
    'order',
    'invoiceno',
    'invoice_no',
    'invoice',
    'invoice_id',
    'transaction_id',
    'name',
  ],
  item: ['item_id', 'product_id', 'stockcode', 'stock_code', 'lineitem_sku', 'sku', 'item'],
  variant: ['variant_id'],
  quantity: ['quantity', 'qty', 'lineitem_quantity', 'units'],
  price: ['price', 'unit_price', 'unitprice', 'lineitem_price'],
  user: ['user_id', 'customer_id', 'customerid', 'client_id', 'user', 'customer'],
  email: ['email', 'customer_email', 'billing_email'],
  at: ['created_at', 'invoicedate', 'invoice_date', 'order_date', 'occurred_at', 'date', 'timestamp', 'paid_at'],
  market: ['market', 'country', 'shipping_country', 'billing_country', 'country_code'],
  currency: ['currency', 'currency_code'],
  cancelled: ['cancelled_at', 'canceled_at', 'refunded_at'],
  status: ['financial_status', 'status', 'order_status'],
  /** Whether this line itself is a sale or a return. */
  kind: ['type', 'line_type', 'transaction_type'],
  line: ['line_id', 'lineitem_id', 'order_line_id'],
} as const

/** Columns of Shopify's orders export that stand in an order's first row only. */
export const CARRIED = ['user', 'email', 'at', 'market', 'currency', 'cancelled', 'status'] as const

/** States in which nothing of the order remains with the shopper. */
export const UNDONE = new Set(['cancelled', 'canceled', 'refunded', 'voided', 'refund', 'return', 'returned'])
