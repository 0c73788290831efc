/** The version that /health and the OpenAPI document name; equal to package.json's (a test holds them so). */
export const VERSION = '0.1.0'
