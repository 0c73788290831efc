import { expect, test } from 'vitest'
import { detectFormat } from './detect.ts'

test('formats by their beginnings', () => {
  const heads: Array<[string, string]> = [
    ['\ufeff\n<?xml version="1.0"?><rss>', 'google-xml'],
    ['id\ttitle\tprice\n', 'google-csv'],
    ['"item_id","title","price"\n', 'google-csv'],
    ['Handle,Title,Body (HTML),Vendor\n', 'shopify'],
    ['Title,URL handle,Description\n', 'shopify'],
    ['Name,Email,Lineitem quantity,Lineitem name\n', 'orders'],
    ['InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n', 'orders'],
    ['order_id;user_id;item_id;quantity;created_at\n', 'orders'],
    ['{"id":"a","title":"A","offers":[]}\n', 'jsonl'],
    ['{"id":"a","deleted":true}\n', 'jsonl'],
    ['{"type":"view","item_id":"a"}\n', 'jsonl'],
    ['{"type":"purchase","order_id":"1","items":[]}\n', 'jsonl'],
    ['{"id":"a","title":"A","variants":[]}\n', 'acp'],
    ['{"products":[]}\n', 'acp'],
    ['{"id":"a","title":"A","priceInfo":{}}\n', 'retail'],
    ['{"eventType":"search"}\n', 'retail-events'],
    ['{"order_id":"1","items":[]}\n', 'orders-jsonl'],
    ['{"item_id":"a","title":"A","price":"1 EUR","url":"x"}\n', 'google-jsonl'],
  ]
  for (const [head, format] of heads) expect(detectFormat(head), head).toBe(format)
})

test('what is none of them is said to be none, with what was seen', () => {
  expect(() => detectFormat('')).toThrow('empty')
  expect(() => detectFormat('[{"id":1}]')).toThrow('one object a line')
  expect(() => detectFormat('name,phone\n')).toThrow('no known table: its columns are name, phone')
  expect(() => detectFormat('{"a":1}')).toThrow('no item, event, product or order')
})
