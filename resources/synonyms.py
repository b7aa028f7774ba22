"""Words that people use for one thing, within and across our languages. Reviewed by hand.

Written as people write them; search compares skeletons, so scripts and endings do not matter.
"""

GROUPS = [
    # pay for work
    "зарплата заработок оклад получка жалақы еңбекақы айлық oylik ish-haqi haqim maosh ойлик иш-ҳақи маош "
    "айлык маяна музд маош wage wages salary pay paid",
    "деньги ақша pul пул акча money",
    "платить заплатить заплатили выплатить оплата төлеу төлемеді tolamadi toʻlash тўлаш төлөө пардохт pay paid unpaid",
    # identity papers
    "паспорт удостоверение документ құжат төлқұжат pasport hujjat ҳужжат документ шиноснома ҳуҷҷат passport papers document",
    "потерял потеря утеря утерян жоғалттым жоғалған yoʻqotdim yoʻqolgan йўқотдим жоготтум жоголгон гум lost lose missing",
    "забрали отобрали отнял изъял отдаёт алып-қойды тартып tortib olib-qoʻydi тортиб тартып гирифт кашида taken took seized keeps",
    # stay
    "регистрация учёт прописка тіркеу тіркелу roʻyxat roʻyxatdan рўйхат каттоо катталуу қайд бақайдгирӣ registration register",
    "срок день дней дни мерзім күн muddat kun муддат кун мөөнөт күн мӯҳлат рӯз days term deadline",
    "патент разрешение рұқсат ruxsatnoma рухсатнома патент уруксат иҷозат иҷозатнома permit licence permission",
    "квота quota",
    # removal
    "выдворение депортация высылка выгнать шығару deportatsiya chiqarib депортация чыгаруу ихроҷ removal deportation deported expelled",
    "запрет въезд въезжать тыйым taqiq тақиқ тыюу манъ ban entry",
    "стенд тақта stend lavha стенд лавҳа stand board",
    "мигрант migrant көшіп-келуші muhojir муҳожир мигрант муҳоҷир муҳоҷирон worker",
    "суд сот sud суд сот court judge",
    "обжаловать жалоба апелляция шағым shikoyat шикоят даттануу арыз шикоят appeal complaint",
    "штраф айыппұл jarima жарима айып ҷарима fine penalty",
    # health
    "врач доктор больница поликлиника скорая дәрігер аурухана shifokor vrach kasalxona шифокор касалхона дарыгер оорукана "
    "духтур беморхона табиб doctor hospital clinic",
    "лечение лечиться болезнь болею емдеу ауру davolanish kasal даволаниш касал дарылоо оору табобат бемор беморӣ treatment ill sick medical",
    "беременность беременна роды рожать жүкті босану homilador tugʻish ҳомиладор туғиш кош-бойлуу төрөт ҳомила ҳомиладор таваллуд pregnant pregnancy birth",
    # children
    "ребёнок дети сын дочь бала балалар bola bolalar farzand бола фарзанд бала балдар кӯдак кӯдакон фарзанд child children son daughter kid",
    "свидетельство метрика куәлік guvohnoma гувоҳнома күбөлүк шаҳодатнома certificate",
    "школа учиться класс мектеп maktab мактаб мектеп мактаб school",
    # danger
    "рабство раб неволя құлдық qullik қуллик кулдук ғуломӣ slavery slave forced",
    "торговля людьми траффикинг эксплуатация адам-саудасы odam-savdosi одам-савдоси адам-сатуу савдои-одамон trafficking exploitation",
    "бьют побои насилие угрожают ұрады зорлық uradi zoʻravonlik зўравонлик урат зордук мезанад зӯроварӣ violence beats beaten threat",
    "заперли запирают держат қамап qamab қамаб камап зиндонӣ locked confined",
    # work
    "работа работать труд жұмыс еңбек ish mehnat иш меҳнат жумуш эмгек кор меҳнат work job labour labor",
    "работодатель хозяин начальник бригадир жұмыс-беруші қожайын ish-beruvchi xoʻjayin хўжайин иш-берүүчү кожоюн корфармо соҳибкор employer boss",
    "договор контракт шарт келісімшарт shartnoma шартнома келишим шартнома қарордод contract agreement",
    "объявление вакансия реклама хабарландыру eʼlon эълон жарыя эълон advert ad vacancy offer",
    "посредник агент вербовщик делдал vositachi воситачи ортомчу миёнарав agent middleman recruiter",
    "обман обманули мошенник алдады aldadi алдов алдашти фиреб фиребгар cheated fraud scam deceived suspicious подозрительное",
    "домашний домохозяйство домработница няня садовник үй uy-ishlari хонадон уй үй хонагӣ household domestic home nanny",
    # help and rights
    "юрист адвокат заңгер advokat yurist адвокат юрист ҳуқуқшинос lawyer advocate attorney",
    "права право құқық huquq ҳуқуқ укук ҳуқуқ rights right",
    "помощь помогите көмек yordam ёрдам жардам кӯмак ёрӣ help aid assistance",
    "граница шекара chegara чегара чек-ара сарҳад марз border",
    "уехать отъезд выезд поездка кету joʻnash кетиш жөнөө сафар leaving departure abroad",
    "гражданин гражданство киргизия кыргызстан қырғызстан qirgʻiziston қирғизистон қирғизистон kyrgyzstan kyrgyz кыргыз киргиз қырғыз",
    "еаэс евразийский еаэо oyeii eaeu eurasian",
    "справочник памятка guide guidebook анықтамалық qoʻllanma қўлланма маалымдама роҳнамо pocket карманный",
]  # fmt: skip

# Words that carry no meaning of their own in a question.
STOP = (
    "а и в во на не но за к ко с со у о об от до из по что как где когда кто если ли мне меня мой моя мои мы я "
    "он она они это этот эта то же для бы был была есть нужно надо можно делать сделать куда почему чтобы нет "
    "қалай не қайда кім қашан мен маған менің бен үшін егер керек істеу болады емес жоқ деген "
    "qanday nima qayerda kim qachon men menga mening va uchun agar kerak qilish qilaman boʻladi emas yoʻq bilan "
    "қандай нима қаерда ким қачон мен менга менинг ва учун агар керак қилиш бўлади эмас йўқ билан "
    "кандай эмне кайда ким качан мен мага менин жана үчүн эгер керек кылам кылуу болот эмес жок менен "
    "чӣ тавр куҷо кӣ кай ман маро ба аз дар ва барои агар бояд кард кунам мумкин нест аст бо "
    "a an the and or to of in on at for from with is are was do does did how what where when who why i me my we "
    "it not no can should if need please about"
).split()
