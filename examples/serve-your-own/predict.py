"""Both models from Python: predict.py URL TOKEN [IMAGE]"""

import sys

import sidekick

client = sidekick.Deployment(sys.argv[1], sys.argv[2])
print(client)
if len(sys.argv) > 3:
    print(client.predict(image=sys.argv[3]))
else:
    measures = {"bill_length": 46.1, "bill_depth": 13.2, "flipper_length": 211}
    print(client.predict(island="Biscoe", sex="female", **measures))
