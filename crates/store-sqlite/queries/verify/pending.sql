SELECT number, trigger FROM pending
