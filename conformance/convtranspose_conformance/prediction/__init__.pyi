from .asking import Asking as Asking
from .asking import asked_live as asked_live
from .predict import predictions as predictions
