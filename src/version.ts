declare const __WIZARD_VERSION__: string | undefined

/** Put in by the build; from source it is a development version. */
export const version = typeof __WIZARD_VERSION__ === 'string' ? __WIZARD_VERSION__ : '0.0.0-dev'
